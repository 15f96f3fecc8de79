"""Studies and reviews that nobody wrote, to try the site at a size that no real study has yet: manage.py seed_scale."""

SLUG = "synthetic-"  # how the slugs of synthetic studies, schools and codebooks begin, and what no editor may reuse
MARK = "Synthetic: made up to try the site at scale."  # stands wherever a real record has a text of ours
