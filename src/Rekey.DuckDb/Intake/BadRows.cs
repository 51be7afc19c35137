using System.Buffers;
using System.Text;
using DuckDB.NET.Data;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Intake.Repairs;

namespace Rekey.DuckDb.Intake;

/// <summary>Finds the numbers and texts of the bad rows of one file. It reads the file again, in order, so only files with bad rows pay
/// for it.</summary>
internal sealed class BadRows(LogDatabase database, string rejects, CancellationToken cancellationToken)
{
    public IEnumerable<BadInput> Of(RawFiles one) =>
        All(one).Select(b => b with { Reason = TokenText.Without(b.Reason)!, Text = TokenText.Without(b.Text, one.View.Source.Token) });

    private IEnumerable<BadInput> All(RawFiles one) =>
        (one.Format, one.IsArray) switch
        {
            (LogFormat.Json, false) => Lines(one),
            (LogFormat.Csv, _) => Rejected(one.Files[0]).Concat(Rows(one, header: 1)),
            _ => Rows(one, header: 0),
        };

    /// <summary>Counts the lines of each file that are not CSV records: an open quote swallows the following lines.</summary>
    public static IReadOnlyList<(string File, long Lines)> Rejected(
        LogDatabase database,
        string rejects,
        CancellationToken cancellationToken
    ) =>
        !HasRejects(database, rejects, cancellationToken)
            ? []
            : database.Query(
                "SELECT file_path, sum(lines)::BIGINT FROM (SELECT s.file_path, e.line, max(1 + length(trim(e.csv_line, "
                    + "chr(10) || chr(13))) - length(replace(trim(e.csv_line, chr(10) || chr(13)), chr(10), ''))) AS lines "
                    + $"FROM {rejects} e JOIN {rejects}_scans s USING (scan_id, file_id) GROUP BY ALL) GROUP BY 1",
                r => (r.GetString(0), r.GetInt64(1)),
                cancellationToken: cancellationToken
            );

    /// <summary>Whether the file has a line that DuckDB cannot read, and not only lines about something else.</summary>
    public bool HasBroken(RawFiles one) =>
        !one.AreRepaired
        && (
            (one.Format is LogFormat.Csv && Rejected(one.Files[0]).Any())
            || (one is { Format: LogFormat.Json, IsArray: false } && Lines(one).Any(b => b.Text is not null && IsBroken(b.Text)))
        );

    private static bool HasRejects(LogDatabase database, string rejects, CancellationToken cancellationToken) =>
        database
            .Query(
                $"SELECT 1 FROM duckdb_tables() WHERE table_name = {SqlText.Literal(rejects)}",
                r => r.GetInt32(0),
                cancellationToken: cancellationToken
            )
            .Count > 0;

    private IEnumerable<BadInput> Rejected(LogFile file) =>
        !HasRejects(database, rejects, cancellationToken)
            ? []
            : database.Stream(
                $"SELECT e.line, min(e.error_message), any_value(e.csv_line) FROM {rejects} e JOIN {rejects}_scans s USING "
                    + $"(scan_id, file_id) WHERE s.file_path = {SqlText.Literal(file.Path)} GROUP BY e.line ORDER BY e.line",
                r => new BadInput(
                    file.Name,
                    Convert.ToInt64(r.GetValue(0)),
                    r.GetString(1),
                    r.IsDBNull(2) ? null : r.GetString(2).Trim('\r', '\n')
                ),
                "",
                cancellationToken
            );

    private IEnumerable<BadInput> Rows(RawFiles one, int header)
    {
        var broken = one.Format is LogFormat.Csv ? Rejected(one.Files[0]).Select(b => b.Line!.Value).ToList() : [];
        return Numbered(one, r => new BadInput(
            one.Files[0].Name,
            Line(r.GetInt64(0)),
            r.GetString(1),
            r.IsDBNull(2) ? null : r.GetString(2)
        ));

        // Only rows that the CSV reader accepted have numbers.
        long Line(long row)
        {
            var line = row + header;
            foreach (var _ in broken.TakeWhile(b => b <= line))
            {
                line++;
            }

            return line;
        }
    }

    private IEnumerable<BadInput> Lines(RawFiles one)
    {
        var file = one.Files[0];
        using var stream = (file.IsUnwrapped ? file : file.Original ?? file).OpenText();
        using var lines = new BoundedLines(stream).Read(cancellationToken).GetEnumerator();
        var (line, record) = (0L, 0L);
        foreach (var (row, reason) in Numbered(one, r => (r.GetInt64(0), r.GetString(1))))
        {
            string? content = null;
            while (record < row && lines.MoveNext())
            {
                content = Encoding.UTF8.GetString(lines.Current.Line.Span);
                line++;
                record += string.IsNullOrWhiteSpace(content) ? 0 : 1;
            }

            yield return new(file.Name, line, reason, content);
        }
    }

    private IEnumerable<T> Numbered<T>(RawFiles one, Func<DuckDBDataReader, T> read) =>
        database.Stream(
            $"SELECT rekey_row, coalesce({ViewReading.Bad}, {ViewReading.Damage}) AS Reason, rekey_text FROM "
                + $"({one.SelectNumbered()}) WHERE "
                + $"Reason <> {SqlText.Literal(ViewReading.Filtered)} ORDER BY rekey_row",
            read,
            "",
            cancellationToken
        );

    private static bool IsBroken(string line) =>
        JsonLine.Repair(Encoding.UTF8.GetBytes(line), new ArrayBufferWriter<byte>()) is not LineDamage.None;
}
