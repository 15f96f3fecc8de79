"""The pages of the analysis: what they are asked, what they compute of the codings one may see, what they give.

Each is a dataclass with one classmethod; `findings.views` shows it, `exchange` writes it. No HTTP beyond parameters.
"""
