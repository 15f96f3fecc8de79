"""Every write of the workbench. Keyword-only, whole or not at all.

An action that may not go ahead raises `Refused`, whose words tell the person why and what to do.
"""

from findings.actions.analysis import Stale, delete_query, save_query, save_summary
from findings.actions.base import Refused, coder_of, given_name, number_coder
from findings.actions.codebooks import (
    check_publishable,
    copy_codebook,
    describe_codebook,
    import_codes,
    next_version,
    open_codings,
    publish,
    start_codebook,
)
from findings.actions.codes import (
    MOST_CODES,
    MOST_LEVELS,
    add_code,
    delete_code,
    edit_code,
    move_code,
    next_colour,
    retire_code,
    shift_code,
    unretire_code,
)
from findings.actions.codings import (
    code_passage,
    excerpt,
    merge_overlapping,
    overlapping,
    uncode,
    write_memo,
    write_note,
)
from findings.actions.decisions import accept_unanimous, decide, take_back
from findings.actions.people import (
    LastLeadError,
    change_role,
    hand_over,
    hash_of,
    invite,
    join,
    name_coder,
    remove_member,
    withdraw,
)
from findings.actions.steps import leave_as_it_is, redo, undo
from findings.actions.tokens import LIFETIMES, MOST_TOKENS, PREFIX, make_token, revoke_token, token_of
from findings.actions.wholes import merge_codes, move_to_codebook, split_off

__all__ = [
    "LIFETIMES",
    "MOST_CODES",
    "MOST_LEVELS",
    "MOST_TOKENS",
    "PREFIX",
    "LastLeadError",
    "Refused",
    "Stale",
    "accept_unanimous",
    "add_code",
    "change_role",
    "check_publishable",
    "code_passage",
    "coder_of",
    "copy_codebook",
    "decide",
    "delete_code",
    "delete_query",
    "describe_codebook",
    "edit_code",
    "excerpt",
    "given_name",
    "hand_over",
    "hash_of",
    "import_codes",
    "invite",
    "join",
    "leave_as_it_is",
    "make_token",
    "merge_codes",
    "merge_overlapping",
    "move_code",
    "move_to_codebook",
    "name_coder",
    "next_colour",
    "next_version",
    "number_coder",
    "open_codings",
    "overlapping",
    "publish",
    "redo",
    "remove_member",
    "retire_code",
    "revoke_token",
    "save_query",
    "save_summary",
    "shift_code",
    "split_off",
    "start_codebook",
    "take_back",
    "token_of",
    "uncode",
    "undo",
    "unretire_code",
    "withdraw",
    "write_memo",
    "write_note",
]
