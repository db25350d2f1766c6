"""Days in transit as a linear function of distance and weight, by least squares."""

from collections.abc import Sequence

Weights = tuple[float, float, float]

# A parcel without history: a day of handling, 400 km a day, a little more for heavy ones.
PRIOR: Weights = (1.0, 1 / 400, 0.02)


def features(distance_km: float, weight_kg: float) -> Weights:
    return 1.0, distance_km, weight_kg


def predict(weights: Weights, distance_km: float, weight_kg: float) -> float:
    days = sum(w * x for w, x in zip(weights, features(distance_km, weight_kg), strict=True))
    return round(max(days, 0.5), 2)


def fit(observations: Sequence[tuple[float, float, float]], ridge: float = 1e-6) -> Weights:
    """Weights from (distance_km, weight_kg, days); the prior when there are too few to tell."""
    if len(observations) < 3:
        return PRIOR
    rows = [(features(distance, weight), days) for distance, weight, days in observations]
    size = len(PRIOR)
    matrix = [
        [sum(x[i] * x[j] for x, _ in rows) + (ridge if i == j else 0) for j in range(size)]
        + [sum(x[i] * days for x, days in rows)]
        for i in range(size)
    ]
    return _solve(matrix)


def _solve(matrix: list[list[float]]) -> Weights:
    """Gauss-Jordan elimination with pivots, in place."""
    size = len(matrix)
    for column in range(size):
        pivot = max(range(column, size), key=lambda row: abs(matrix[row][column]))
        matrix[column], matrix[pivot] = matrix[pivot], matrix[column]
        matrix[column] = [value / matrix[column][column] for value in matrix[column]]
        for row in range(size):
            if row != column:
                factor = matrix[row][column]
                matrix[row] = [
                    value - factor * top
                    for value, top in zip(matrix[row], matrix[column], strict=True)
                ]
    first, second, third = (row[size] for row in matrix)
    return first, second, third
