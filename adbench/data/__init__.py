"""Where converted and downloaded events live: cache folders, memory-mapped arrays, remembered file hashes."""
