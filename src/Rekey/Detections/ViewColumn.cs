namespace Rekey.Detections;

/// <summary>One column of a view.</summary>
/// <param name="IsRequired">A log must have it.</param>
/// <param name="IsDerived">The engine fills it from what it reads of the others; a log rarely has it.</param>
public sealed record ViewColumn(string Name, ColumnType Type, bool IsRequired = false, bool IsDerived = false);
