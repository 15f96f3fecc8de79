"""The API: what the pages show, as JSON, read-only. `roads` names every road; `docs/api.md` tells how to use it."""
