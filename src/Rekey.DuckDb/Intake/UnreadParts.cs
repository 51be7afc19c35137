using DuckDB.NET.Data;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;

namespace Rekey.DuckDb.Intake;

/// <summary>Finds the times of what cannot be read of the files whose rows are in a table.</summary>
internal sealed class UnreadParts(LogDatabase database, string table, CancellationToken cancellationToken)
{
    /// <summary>The maximum number of issuers that a hole names, and of holes in one file.</summary>
    private const int MaxIssuers = 50;
    private const int MaxHoles = 20;

    /// <summary>Returns the lines of a file of which nothing can be read, between the times of the lines beside them.</summary>
    /// <param name="isTruncated">Whether its end cannot be read: then what lies behind its last line belongs to <see cref="Rest"/>.</param>
    public IEnumerable<LogHole> Lines(RawFiles one, bool isTruncated)
    {
        var (file, lost) = (one.Files[0], one.AreRepaired ? Lost(one) : []);
        var issuers = lost.Count == 0 ? [] : IssuersOf(file);
        return lost.Where(h => !isTruncated || h.To is not null)
            .Select(h => new LogHole(file.Name, issuers, h.From ?? h.To, h.To ?? file.LastWrite, h.Lines, "Lines of it cannot be read."));
    }

    /// <summary>Returns the end of a truncated file.</summary>
    public LogHole Rest(LogFile file, string reason) => new(file.Name, IssuersOf(file), Latest(file), file.LastWrite, Lines: null, reason);

    private IReadOnlyList<(DateTimeOffset? From, DateTimeOffset? To, long Lines)> Lost(RawFiles one)
    {
        var time = $"CASE WHEN {ViewReading.Bad} IS NULL AND {ViewReading.HasTime} THEN TimeGenerated END";
        var holes = database.Query(
            $"SELECT \"From\", \"To\", count(*) FROM (SELECT {ViewReading.Bad}, "
                + $"last_value({time} IGNORE NULLS) OVER (ORDER BY rekey_row) AS \"From\", first_value({time} IGNORE NULLS) OVER "
                + "(ORDER BY rekey_row ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS \"To\" "
                + $"FROM ({one.SelectNumbered()})) "
                + $"WHERE {ViewReading.Bad} = {SqlText.Literal(ViewReading.Lost)} GROUP BY ALL ORDER BY 1 LIMIT {MaxHoles + 1}",
            r => (From: Time(r, 0), To: Time(r, 1), Lines: r.GetInt64(2)),
            cancellationToken: cancellationToken
        );

        // So many holes are one, of the whole file.
        return holes.Count > MaxHoles ? [(null, null, holes.Sum(h => h.Lines))] : holes;
    }

    private DateTimeOffset? Latest(LogFile file) =>
        database.Query(
            $"SELECT max(TimeGenerated) FROM {table} WHERE {ViewReading.File} = {SqlText.Literal(file.Path)} AND {ViewReading.Bad} IS NULL "
                + $"AND {ViewReading.HasTime}",
            r => Time(r, 0),
            cancellationToken: cancellationToken
        )[0];

    private IReadOnlyList<string> IssuersOf(LogFile file) =>
        database.Query(
            $"SELECT DISTINCT Iss FROM {table} WHERE {ViewReading.File} = {SqlText.Literal(file.Path)} AND Iss IS NOT NULL "
                + $"LIMIT {MaxIssuers}",
            r => r.GetString(0),
            cancellationToken: cancellationToken
        );

    private static DateTimeOffset? Time(DuckDBDataReader r, int column) =>
        r.IsDBNull(column) ? null : new DateTimeOffset(r.GetDateTime(column), TimeSpan.Zero);
}
