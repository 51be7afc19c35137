namespace Rekey.DuckDb.Mapping;

/// <summary>A part of a template: a text, or a column.</summary>
internal sealed record TemplatePart(string Text, IReadOnlyList<string>? Path = null);
