"""Why a network says what it says of a face: as `ferkit explain` stored it, or computed now."""
