using Rekey.DuckDb.Engine;
using static Rekey.DuckDb.Intake.Forms.LetSql;

namespace Rekey.DuckDb.Intake.Forms;

/// <summary>
/// Audiences as a set: each once, sorted, with a blank between. They are separated by blanks, commas or semicolons, or are a JSON array.
/// Both logs are read in the same way, so that equal sets become equal texts however each is written.
/// </summary>
internal static class AudienceSql
{
    /// <summary>Without any of these, a text is one audience.</summary>
    private static readonly IReadOnlyList<string> Marks = ["' '", "','", "';'", "'['", "'\"'", "chr(9)", "chr(10)"];

    /// <param name="separator">Another separator, beside the usual ones; null for none.</param>
    public static string Of(string raw, string? separator)
    {
        var text = separator is null ? raw : $"replace({raw}, {SqlText.Literal(separator)}, ' ')";
        var (json, bare) = ("TRY_CAST(several AS JSON)", "translate(several, '[]\"', '   ')");
        var items =
            $"CASE left(trim(several), 1) WHEN '[' THEN coalesce(array_to_string(json_extract_string({json}, '$[*]'), ' '), {bare}) "
            + $"WHEN '\"' THEN coalesce(json_extract_string({json}, '$'), {bare}) ELSE several END";
        var set = Let(
            "several",
            text,
            $"nullif(array_to_string(list_sort(list_distinct(list_filter(regexp_split_to_array({items}, '[\\s,;]+'), lambda a: a <> ''))), "
                + "' '), '')"
        );
        var isSet = string.Join(" OR ", Marks.Select(m => $"contains({text}, {m})"));
        return $"CASE WHEN {isSet} THEN {set} ELSE {text} END";
    }
}
