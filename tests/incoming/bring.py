"""An import from its bytes to its records, as a page or a command does it."""

import hashlib
import io
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from exchange.imports.plan import Plan
from exchange.imports.writing import carry_out
from exchange.incoming.recognise import read
from exchange.incoming.records import Limits
from findings import actions
from findings.models import Import


def planned(data: bytes, user: AbstractBaseUser, **said: Any) -> Plan:
    """What an import would do."""
    return Plan.of(read(io.BytesIO(data), Limits()), user=user, coder=actions.coder_of(user=user), **said)


def bring(data: bytes, user: AbstractBaseUser, **said: Any) -> Import:
    """An import, done."""
    plan = planned(data, user, **said)
    imported = Import.objects.create(
        user=user, kind=plan.held.kind, name="file", digest=hashlib.sha256(data).hexdigest(), data=data
    )
    return carry_out(plan=plan, imported=imported)
