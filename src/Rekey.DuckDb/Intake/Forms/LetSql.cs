namespace Rekey.DuckDb.Intake.Forms;

/// <summary>
/// Names an intermediate value in an expression. DuckDB computes a repeated expression inside CASE again each time; through a list of one
/// element it is computed once, at almost no cost.
/// </summary>
internal static class LetSql
{
    /// <param name="name">The name of the value in <paramref name="body"/>: no name of a column.</param>
    public static string Let(string name, string value, string body) => $"list_transform([{value}], lambda {name}: {body})[1]";
}
