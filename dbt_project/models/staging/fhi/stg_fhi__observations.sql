-- FHI observations of the releases in use: typed, nothing summed, one row per upstream cell.
{{ staged_observations('fhi') }}
