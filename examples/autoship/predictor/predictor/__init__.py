"""Predicts how many days a parcel takes."""
