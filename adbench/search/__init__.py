"""The resonance search: is there a bump in a mass spectrum, once a detector has said which events to look at?

Pure functions of masses and stored scores; nothing here trains or reads a model (Park et al., arXiv:2011.03550).
"""
