namespace Rekey.Detections;

/// <summary>The type of a view's column: its name in KQL and in DuckDB's SQL.</summary>
public sealed record ColumnType(string Kql, string Sql)
{
    public static readonly ColumnType Text = new("string", "VARCHAR");
    public static readonly ColumnType Time = new("datetime", "TIMESTAMP");
    public static readonly ColumnType Number = new("long", "BIGINT");
    public static readonly ColumnType Truth = new("bool", "BOOLEAN");
}
