"""What an import does: where a file goes, what it would make there, the making of it, and how it is taken back."""
