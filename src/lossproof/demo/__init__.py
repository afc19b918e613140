"""The whole of lossproof on the built-in world: five tasks, before and after retraining."""
