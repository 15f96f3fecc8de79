"""Many requests on one set of rows: what each of them changes is taken back before the next."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.test import Client


@contextmanager
def undone(*clients: Client) -> Iterator[None]:
    """Whatever happens inside leaves no trace in the database, nor in what the clients' browsers keep."""
    cookies = [client.cookies.copy() for client in clients]  # some roads begin a new session, which is undone too
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    for client, kept in zip(clients, cookies, strict=True):
        client.cookies = kept
