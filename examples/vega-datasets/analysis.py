"""Explores one table and reports what is in it.

Reads the item's input (CSV, TSV, JSON or Excel), prints its shape, types, missing values, distributions, outliers,
correlations and most frequent values, draws charts, and writes the key figures to result.json, which become the
item's row in the results.

Parameters: outlierFactor, how many interquartile ranges beyond the quartiles a value is an outlier (default 1.5).
"""

import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib import __version_info__ as version_info
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

FORMATS = "a CSV, TSV, JSON or Excel table"
SIGNATURES = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF": "a PDF document",
    b"ARROW1": "an Arrow file",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "a gzip archive",
}
# Numbers that only name things: averages and correlations of them mean nothing.
LABEL_NAMES = re.compile(r"(^|[_ ])(id|index|fips|zip|code|phone)$", re.IGNORECASE)
DATE_TEXT = re.compile(
    r"\d{4}[-/]\d{1,2}([-/]\d{1,2})?([ T]\d.*)?"  # 2026-11-22T14:03
    r"|\d{1,2}[-/]\d{1,2}[-/]\d{2,4}( .*)?"  # 11/22/2026
    r"|[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4}"  # Nov 22 2026
    r"|\d{1,2}[- ][A-Z][a-z]{2}[- ]\d{2,4}"  # 22-Nov-26
)
BLUE, RED, GREY = "#3b6ea5", "#c8553d", "#6b7280"
# Before version 2, pandas takes each date by itself, and reads "mixed" as a format that no date has.
MIXED_DATES = {} if pd.__version__.startswith("1.") else {"format": "mixed"}
# matplotlib has called it `orientation` since 3.10, and deprecates `vert`.
HORIZONTAL = {"orientation": "horizontal"} if version_info[:2] >= (3, 10) else {"vert": False}


class NotATable(ValueError):
    """The input holds no table; the message names the file and what was expected."""


# --- reading ---------------------------------------------------------------------------------------------------------


def read_table(path):
    """The file as a table, and how it was understood, in words."""
    content = path.read_bytes()
    if not content.strip():
        raise NotATable(f"{path.name} is empty: expected {FORMATS}")
    for signature, name in SIGNATURES.items():
        if content.startswith(signature):
            raise NotATable(f"{path.name} is {name}, not a table: expected {FORMATS}")
    suffix = path.suffix.lower()
    if suffix in (".xlsx", ".xlsm"):
        return pd.read_excel(io.BytesIO(content)), "the first sheet of an Excel workbook"
    if b"\0" in content[:4096]:
        raise NotATable(f"{path.name} is a binary file, not a table: expected {FORMATS}")
    try:
        text, encoding = content.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        text, encoding = content.decode("latin-1"), " in Latin-1"
    if suffix == ".json":
        return read_json(path.name, text)
    frame, kind = read_delimited(path.name, text)
    return frame, kind + encoding


def read_delimited(name, text):
    header = text.lstrip().splitlines()[0]
    delimiter = max(",\t;|", key=header.count)
    kind = {",": "CSV", "\t": "TSV", ";": "CSV with semicolons", "|": "CSV with bars"}[delimiter]
    lines = [line for line in csv.reader(io.StringIO(text[:200_000]), delimiter=delimiter) if line]
    if len(text) > 200_000:
        lines.pop()  # it was cut in the middle
    width = len(lines[0])
    others = [(number, len(line)) for number, line in enumerate(lines, 1) if len(line) != width]
    if len(others) > 0.1 * len(lines):
        where = f"row {others[0][0]} has {others[0][1]} fields where the first has {width}"
        raise NotATable(f"{name} is no table: {where}; expected {FORMATS}")
    if width == 1 and sum(len(line[0].split()) for line in lines) > 6 * len(lines):
        raise NotATable(f"{name} reads like prose, not like a table with columns: expected {FORMATS}")
    try:
        return pd.read_csv(io.StringIO(text), sep=delimiter, low_memory=False), kind
    except pd.errors.ParserError as error:
        raise NotATable(f"{name} is no table: {error}; expected {FORMATS}") from None


def read_json(name, text):
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise NotATable(f"{name} is no valid JSON: {error}; expected {FORMATS}") from None
    if isinstance(data, list):
        return from_list(name, data), "JSON records"
    if not isinstance(data, dict):
        raise NotATable(f"{name} holds a single JSON {type(data).__name__}: expected a list of records")
    if data.get("type") == "Topology":
        parts = ", ".join(data.get("objects", {}))
        raise NotATable(f"{name} is a TopoJSON map ({parts}), not a table: expected {FORMATS}")
    if data.get("type") == "FeatureCollection":
        features = data.get("features", [])
        return from_list(name, [feature.get("properties") or {} for feature in features]), "GeoJSON properties"
    lists = {key: value for key, value in data.items() if isinstance(value, list) and value}
    if len(lists) > 1 and len({len(each) for each in lists.values()}) == 1 and not holds_records(lists):
        return pd.DataFrame(lists), "JSON columns"
    if lists:
        key = max(lists, key=lambda each: len(lists[each]))
        return from_list(name, lists[key]), f"JSON, the list “{key}”"
    if data and all(isinstance(value, dict) for value in data.values()):
        records = [{"key": key, **value} for key, value in data.items()]
        return from_list(name, records), "JSON, an object of records"
    parts = ", ".join(list(data)[:5])
    raise NotATable(f"{name} is one JSON object ({parts}), not a table: expected a list of records")


def holds_records(lists):
    return any(isinstance(value, dict) for values in lists.values() for value in values)


def from_list(name, values):
    if not values:
        raise NotATable(f"{name} is an empty list: expected a list of records")
    if all(isinstance(value, dict) for value in values):
        return pd.json_normalize(values)
    if all(isinstance(value, list) for value in values):
        return pd.DataFrame(values).rename(columns=lambda column: f"column {column + 1}")
    if any(isinstance(value, (dict, list)) for value in values):
        raise NotATable(f"{name} mixes records, lists and values: expected a list of records")
    return pd.DataFrame({"value": values})


def tidy(frame):
    """Gives each column its natural type: dates as dates, numbers as numbers, lists as text, labels as categories."""
    frame = frame.rename(columns=str).dropna(axis="columns", how="all")
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            if LABEL_NAMES.search(name):
                frame[name] = column.astype("string")
            continue
        if pd.api.types.is_datetime64_any_dtype(column):
            continue
        text = column.map(as_text, na_action="ignore").astype("string").str.strip().replace("", pd.NA)
        frame[name] = as_dates(text) if looks_like_dates(text) else as_numbers(text)
    return frame


def as_text(value):
    return json.dumps(value) if isinstance(value, (dict, list)) else value


def looks_like_dates(text):
    sample = text.dropna().head(500)
    return len(sample) > 0 and sample.str.fullmatch(DATE_TEXT).mean() > 0.95


def as_dates(text):
    unique = pd.Series(text.dropna().unique())
    dates = pd.to_datetime(unique, errors="coerce", utc=True, **MIXED_DATES).dt.tz_localize(None)
    return text.map(dict(zip(unique, dates))).astype("datetime64[ns]")


def as_numbers(text):
    numbers = pd.to_numeric(text, errors="coerce")
    return numbers if numbers.notna().sum() >= 0.95 * text.notna().sum() else text


# --- figures ---------------------------------------------------------------------------------------------------------


class Profile:
    """What is known of a table: its columns by kind, and what was computed of them."""

    def __init__(self, frame, outlier_factor):
        self.frame = frame
        self.kinds = {name: kind_of(frame[name]) for name in frame}
        self.numbers = self.of_kind("number").astype("float64").replace([np.inf, -np.inf], np.nan)
        self.texts = self.of_kind("text")
        self.missing = frame.isna().sum()
        low, high = self.numbers.quantile(0.25), self.numbers.quantile(0.75)
        # Where more than half of a column is one value the range is zero, and everything else would be an outlier.
        spread = (high - low).where(lambda width: width > 0)
        self.fences = pd.DataFrame({"below": low - outlier_factor * spread, "above": high + outlier_factor * spread})
        self.outliers = ((self.numbers < self.fences["below"]) | (self.numbers > self.fences["above"])).sum()
        varying = self.numbers.loc[:, self.numbers.nunique() > 1]
        self.correlation = varying.corr(min_periods=10)
        self.pairs = strongest_pairs(self.correlation)

    def of_kind(self, *kinds):
        return self.frame[[name for name, kind in self.kinds.items() if kind in kinds]]

    def time_column(self):
        """The column that orders the rows in time, if there is one."""
        return next(iter(self.of_kind("date", "year")), None)

    def categories(self):
        """Columns of which some values are frequent enough to be counted."""
        return [name for name in self.texts if 1 < self.texts[name].nunique() <= max(12, 0.5 * len(self.frame))]


def kind_of(column):
    """Years are numbers too, but their average or their outliers mean nothing."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return "date"
    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        return "text"
    called_year = re.search(r"(^|[ _])year$", str(column.name), re.IGNORECASE)
    return "year" if called_year and column.dropna().between(1000, 2200).all() else "number"


def strongest_pairs(correlation):
    names = correlation.columns
    pairs = [(a, b, correlation.loc[a, b]) for i, a in enumerate(names) for b in names[i + 1:]]
    return sorted((pair for pair in pairs if not np.isnan(pair[2])), key=lambda pair: -abs(pair[2]))


def key_figures(profile, kind):
    frame, pairs, time = profile.frame, profile.pairs, profile.time_column()
    first, last = time_span(frame[time]) if time else (None, None)
    return {
        "rows": len(frame),
        "columns": len(frame.columns),
        "numeric_columns": len(profile.numbers.columns),
        "missing_percent": round(100 * float(profile.missing.sum()) / frame.size, 2),
        "outliers": int(profile.outliers.sum()),
        "strongest_correlation": round(float(pairs[0][2]), 3) if pairs else None,
        "correlated_columns": f"{pairs[0][0]} / {pairs[0][1]}" if pairs else None,
        "duplicate_rows": int(frame.duplicated().sum()),
        "first_time": first,
        "last_time": last,
        "format": kind,
    }


def time_span(times):
    """The first and last day, or year."""
    ends = times.min(), times.max()
    return [f"{end:%Y-%m-%d}" if isinstance(end, pd.Timestamp) else str(int(end)) for end in ends]


# --- printing --------------------------------------------------------------------------------------------------------


def show(title, table, **options):
    print(f"\n{title}\n{'-' * len(title)}")
    print(table.to_string(float_format=number, **options) if isinstance(table, pd.DataFrame) else table)


def number(value):
    if pd.isna(value):
        return "–"
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 10_000 else f"{value:,.4g}"


def short(value, width=22):
    text = " ".join(str(value).split())
    return text if len(text) <= width else f"{text[: width - 1]}…"


def print_profile(profile, name, kind):
    frame = profile.frame
    print(f"{name}: {len(frame):,} rows, {len(frame.columns)} columns ({kind})")
    types = pd.DataFrame({
        "type": profile.kinds.values(),
        "missing": [f"{count:,} ({count / len(frame):.1%})" if count else "0" for count in profile.missing],
        "distinct": frame.nunique().to_numpy(),
        "for example": [short(frame[name].dropna().iloc[0], 32) for name in frame],
    }, index=frame.columns)
    show("Columns", types)
    if len(profile.numbers.columns) > 0:
        numbers = profile.numbers.describe(percentiles=[0.05, 0.25, 0.5, 0.75, 0.95]).T
        show("Distributions", numbers.assign(skew=profile.numbers.skew()))
        outliers = profile.fences.assign(outliers=profile.outliers)
        outliers["% of rows"] = outliers["outliers"] / len(frame) * 100
        outliers = outliers[outliers["outliers"] > 0].sort_values("outliers", ascending=False)
        show("Outliers (beyond the interquartile range)", outliers if len(outliers) > 0 else "none")
    if profile.pairs:
        show("Strongest correlations", pd.DataFrame(profile.pairs[:8], columns=["", " ", "r"]), index=False)
    for column in profile.categories()[:6]:
        counts = profile.texts[column].value_counts()
        top = pd.DataFrame({"rows": counts, "%": counts / len(frame) * 100}).head(5)
        top.index = [short(value, 40) for value in top.index]
        show(f"{column}: most frequent of {len(counts):,}", top)
    for column in profile.of_kind("date", "year"):
        print(f"\n{column}: from {' to '.join(time_span(frame[column]))}")


# --- charts ----------------------------------------------------------------------------------------------------------


def draw_charts(profile, name, output):
    """Draws those charts that fit the table; a table without numbers or categories gets its completeness."""
    drawn = 0
    for draw in (distributions, correlations, over_time, categories, completeness):
        if draw is completeness and drawn >= 2 and profile.missing.sum() == 0:
            continue
        figure = draw(profile)
        if figure is None:
            continue
        title = draw.__name__.replace("_", " ")
        figure.suptitle(f"{name}: {title}", x=0.02, ha="left", fontsize=12, fontweight="bold")
        figure.savefig(output / f"{drawn + 1}-{title.replace(' ', '-')}.png", dpi=110)
        drawn += 1


@FuncFormatter
def compact(value, _position):
    """1,500 as 1.5k, 2,000,000 as 2M."""
    for size, unit in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= 10 * size or (abs(value) >= size and size > 1e3):
            return f"{value / size:g}{unit}"
    return f"{value:g}"


def canvas(rows, columns, width, height):
    figure = Figure(figsize=(width, height + 0.4), layout="constrained", facecolor="white")
    axes = figure.subplots(rows, columns, squeeze=False).flatten()
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.spines[["left", "bottom"]].set_color("#c4cad1")
        axis.tick_params(colors=GREY, labelsize=8, length=0)
        axis.set_axisbelow(True)
    return figure, axes


def distributions(profile):
    """A histogram of each of the first numeric columns, with its median and the bounds beyond which outliers are."""
    names = [name for name in profile.numbers if profile.numbers[name].nunique() > 1][:6]
    if not names:
        return None
    columns = min(3, len(names))
    rows = -(-len(names) // columns)
    figure, axes = canvas(rows, columns, 9, 2.5 * rows)
    for axis, name in zip(axes, names):
        values = profile.numbers[name].dropna()
        axis.hist(values, bins=min(40, max(8, int(len(values) ** 0.5))), color=BLUE, edgecolor="white", linewidth=0.4)
        axis.axvline(values.median(), color=RED, linewidth=1.2)
        axis.set_title(f"{short(name)}   median {number(values.median())}", fontsize=9, loc="left")
        axis.grid(axis="y", color="#e8eaed", linewidth=0.7)
        axis.xaxis.set_major_formatter(compact)
        box_plot_below(axis, values)
    for axis in axes[len(names):]:
        axis.set_visible(False)
    return figure


def box_plot_below(axis, values):
    """A slim box plot under the histogram, with the outliers as points."""
    top = axis.get_ylim()[1]
    grey = {"color": GREY}
    points = {"marker": ".", "markersize": 2, "markeredgecolor": RED, "alpha": 0.5}
    axis.boxplot(values, **HORIZONTAL, positions=[-0.09 * top], widths=[0.08 * top], manage_ticks=False,
                 flierprops=points, medianprops={"color": RED}, boxprops=grey, whiskerprops=grey, capprops=grey)
    axis.set_yticks([tick for tick in axis.get_yticks() if 0 <= tick <= top])


def correlations(profile):
    """A heat map of up to ten columns; of two columns, a scatter plot says more."""
    names = list(profile.correlation.columns)[:10]
    if len(names) < 2:
        return None
    if len(names) == 2:
        return scatter(profile, *names)
    matrix = profile.correlation.loc[names, names].to_numpy()
    size = 2.2 + 0.55 * len(names)
    figure, (axis,) = canvas(1, 1, size + 1.4, size)
    image = axis.imshow(matrix, cmap="RdBu_r", vmin=-1, vmax=1)
    axis.set_xticks(range(len(names)), [short(name) for name in names], rotation=35, ha="right")
    axis.set_yticks(range(len(names)), [short(name) for name in names])
    axis.spines[:].set_visible(False)
    for row, column in np.ndindex(matrix.shape):
        if not np.isnan(matrix[row, column]):
            color = "white" if abs(matrix[row, column]) > 0.6 else "#1b1f24"
            axis.text(column, row, f"{matrix[row, column]:.2f}", ha="center", va="center", fontsize=7, color=color)
    figure.colorbar(image, ax=axis, shrink=0.7).outline.set_visible(False)
    return figure


def scatter(profile, x, y):
    figure, (axis,) = canvas(1, 1, 6.5, 4)
    points = profile.numbers[[x, y]].dropna()
    points = points.sample(min(len(points), 5_000), random_state=1)
    axis.scatter(points[x], points[y], s=12, alpha=0.5, color=BLUE, linewidths=0)
    axis.set(xlabel=x, ylabel=y)
    axis.xaxis.set_major_formatter(compact)
    axis.yaxis.set_major_formatter(compact)
    axis.set_title(f"r = {profile.correlation.loc[x, y]:.2f}", fontsize=9, loc="left")
    axis.grid(color="#e8eaed", linewidth=0.7)
    return figure


def over_time(profile):
    """The mean by time of those three columns that change most with it, with a line for each of a few groups."""
    time = profile.time_column()
    if time is None or profile.frame[time].nunique() < 4:
        return None
    steps = time_steps(profile.frame[time])
    change = profile.numbers.groupby(steps).mean().std() / profile.numbers.std()
    names = list(change.dropna().nlargest(3).index)
    if not names:
        return None
    group = time_group(profile, steps)
    figure, axes = canvas(len(names), 1, 9, 2.2 * len(names))
    for axis, name in zip(axes, names):
        by = [steps] if group is None else [steps, profile.texts[group]]
        means = profile.numbers[name].groupby(by).mean()
        for label, line in {name: means}.items() if group is None else means.unstack().items():
            line = line.dropna()
            style = {"color": BLUE} if group is None else {"label": label}
            axis.plot(line.index, line, linewidth=1.3, marker="." if len(line) < 30 else None, **style)
        axis.set_title(f"mean {name}", fontsize=9, loc="left")
        axis.grid(axis="y", color="#e8eaed", linewidth=0.7)
        axis.yaxis.set_major_formatter(compact)
        if profile.kinds[time] == "date":
            locator = AutoDateLocator()
            axis.xaxis.set_major_locator(locator)
            axis.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    if group is not None:
        axes[0].legend(fontsize=8, frameon=False, ncols=3, title=group, title_fontsize=8)
    return figure


def time_group(profile, steps):
    """A column of at most six groups, each of them there at half of the time at least."""
    for name in profile.categories():
        presence = steps.groupby(profile.texts[name]).nunique()
        if len(presence) <= 6 and presence.min() >= 0.5 * steps.nunique():
            return name
    return None


def time_steps(times):
    """Days, weeks, months or years, so that there are about 150 of them at most."""
    if not pd.api.types.is_datetime64_any_dtype(times):
        return times
    days = (times.max() - times.min()).days
    for unit, length in (("D", 1), ("W", 7), ("M", 30), ("Y", 365)):
        if days / length <= 150:
            break
    return times.dt.to_period(unit).dt.start_time if days > 1 else times.dt.floor("h")


def categories(profile):
    """The most frequent values of up to three columns."""
    names = profile.categories()[:3]
    if not names:
        return None
    figure, axes = canvas(1, len(names), 3.2 * len(names) + 1, 3)
    for axis, name in zip(axes, names):
        counts = profile.texts[name].value_counts().head(8)[::-1]
        bars = axis.barh([short(value) for value in counts.index], counts, color=BLUE)
        axis.bar_label(bars, fmt="{:,.0f}", padding=3, fontsize=8, color=GREY)
        axis.set_title(f"{short(name)}: {profile.texts[name].nunique():,} values", fontsize=9, loc="left")
        axis.spines[["bottom"]].set_visible(False)
        axis.set_xticks([])
        axis.margins(x=0.15)
    return figure


def completeness(profile):
    """How much of each column is there."""
    present = 100 - 100 * profile.missing / len(profile.frame)
    present = present.sort_values().head(15)[::-1]
    figure, (axis,) = canvas(1, 1, 7, 0.6 + 0.28 * len(present))
    axis.barh([short(name) for name in present.index], 100, color="#eef0f3")
    bars = axis.barh([short(name) for name in present.index], present, color=BLUE)
    axis.bar_label(bars, fmt="{:.1f}%", padding=3, fontsize=8, color=GREY)
    axis.set(xlim=(0, 112), xticks=[])
    axis.spines[["bottom"]].set_visible(False)
    return figure


# --- main ------------------------------------------------------------------------------------------------------------


def main():
    item = json.loads(Path("item.json").read_text(encoding="utf-8"))
    path, output = Path(item["input"]), Path(item["output"])
    frame, kind = read_table(path)
    frame = tidy(frame)
    if frame.size == 0:
        raise NotATable(f"{path.name} has a header but no rows: expected {FORMATS}")
    profile = Profile(frame, float(item.get("parameters", {}).get("outlierFactor", 1.5)))
    print_profile(profile, path.name, kind)
    draw_charts(profile, path.name, output)
    figures = key_figures(profile, kind)
    (output / "result.json").write_text(json.dumps(figures, indent=2, allow_nan=False), encoding="utf-8")


if __name__ == "__main__":
    main()
