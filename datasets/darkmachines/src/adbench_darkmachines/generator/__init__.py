"""Event generator: Pythia 8, an ATLAS-like detector, the challenge's selections and its CSV format.

Needs the extra `generate` (pythia8mc, fastjet, awkward). The bundled sample was made with

    adbench datasets generate darkmachines --out OUT --jobs 2 --seed 2105

(`manifest.json` holds the command with every option). The events depend on the
seed and on what is asked for, not on the number of jobs. Finished chunks are kept in WORK: run the same command again
after an interruption and it goes on.

The way of an event: `processes` and `signals` (what to generate), `pythia` (particles), `propagation`,
`calorimeter`, `leptons`, `jets`, `reconstruction` (objects), `chunks` (accepted events of a few thousand generated
ones), `production` (which chunks are needed), `mixture` (how many events of each process), `split`, `writer`,
`assembly`, `manifest`.
"""
