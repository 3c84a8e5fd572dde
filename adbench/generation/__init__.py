"""What the generators of simulated data sets share: Pythia 8, energy flow, jets and their substructure, production.

Needs pythia8mc, fastjet and awkward, which are extras of the data sets that generate (`[generate]`) and are imported
where they are used. The physics of a data set (its processes and selection) stands in its own distribution.
"""
