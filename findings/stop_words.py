"""Words that say how a sentence is built and not what it is of: the closed classes of English.

Left out of word frequencies on request, never of the totals. Lower case, apostrophes straight. Numbers, adverbs of
manner and verbs with a meaning of their own are not in it; school words are not either, however frequent.
"""

ARTICLES_AND_DETERMINERS = """
a an the this that these those each every either neither both all any some no none other another such much many more
most few fewer little less least several enough own same
"""

PRONOUNS = """
i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers herself
it its itself they them their theirs themselves one ones oneself who whom whose which what whoever whatever whichever
someone somebody something anyone anybody anything everyone everybody everything nobody nothing
"""

PREPOSITIONS = """
about above across after against along amid among amongst around as at before behind below beneath beside besides
between beyond by despite down during except for from in inside into like near of off on onto out outside over past per
since through throughout till to toward towards under underneath until unto up upon via with within without
"""

CONJUNCTIONS = """
and but or nor so yet if unless because although though while whilst whereas whether than when whenever where wherever
why how once
"""

AUXILIARIES = """
am is are was were be been being have has had having do does did doing done can could may might must shall should will
would ought need dare used
"""

ADVERBS_OF_FUNCTION = """
not never also too very quite rather just only even still already again ever here there then thus hence therefore
however now almost perhaps maybe really actually well
"""

CONTRACTIONS = """
i'm i've i'd i'll we're we've we'd we'll you're you've you'd you'll he's he'd he'll she's she'd she'll it's it'd it'll
they're they've they'd they'll that's that'd that'll there's there'd there'll here's who's who'd who'll what's what'd
where's when's why's how's let's isn't aren't wasn't weren't haven't hasn't hadn't don't doesn't didn't can't cannot
couldn't mightn't mustn't shan't shouldn't won't wouldn't needn't
"""

STOP_WORDS = frozenset(
    " ".join(
        [
            ARTICLES_AND_DETERMINERS,
            PRONOUNS,
            PREPOSITIONS,
            CONJUNCTIONS,
            AUXILIARIES,
            ADVERBS_OF_FUNCTION,
            CONTRACTIONS,
        ]
    ).split()
)
