namespace Rekey.Detections;

/// <summary>One column of a view.</summary>
/// <param name="IsRequired">A row without it cannot be judged and counts as bad.</param>
public sealed record ViewColumn(string Name, ColumnType Type, bool IsRequired = false);
