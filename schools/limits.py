"""How often somebody may do something, counted in the site's cache. Each process counts for itself."""

from django.core.cache import cache
from django.utils.crypto import salted_hmac


def too_many(what: str, who: str, limit: int, seconds: int) -> bool:
    """Count one more `what` by `who` within `seconds` from the first; whether that is more than `limit`.

    Of `who`, a network address for example, a keyed digest is kept, not the address.
    """
    key = f"limit:{what}:{salted_hmac('schools.limits', who).hexdigest()}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) > limit
    except ValueError:  # it ran out between the two calls
        return False
