"""What ``adbench datasets VERB darkmachines`` runs; each is imported when it is used."""
