"""Deep baselines on the table of an event: the families of the challenge that a new detector is compared with."""
