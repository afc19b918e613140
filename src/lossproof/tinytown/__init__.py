"""tinytown: a street world that is drawn, with ground truth of all five tasks for every frame."""
