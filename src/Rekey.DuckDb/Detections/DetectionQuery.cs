using System.Runtime.CompilerServices;
using System.Threading.Channels;
using DuckDB.NET.Data;
using Rekey.Detections;
using Rekey.Detections.Gaps;
using Rekey.DuckDb.Engine;

namespace Rekey.DuckDb.Detections;

/// <summary>Runs a detection over the views of <see cref="Prelude"/>.</summary>
internal static class DetectionQuery
{
    private const int Ahead = 1024;

    private const string Found = "Found";

    /// <summary>The end of a statement: a query may have several, of which the last returns the rows.</summary>
    private const string StatementEnd = ";\n";

    public static IEnumerable<Sighting> Sightings(LogDatabase database, Detection detection, CancellationToken cancellationToken)
    {
        Find(database, detection, DetectionRows.Tokens, cancellationToken);
        return database.Stream($"SELECT * FROM {Found}", ReadSighting, "", cancellationToken);
    }

    public static IEnumerable<IssuanceGap> Gaps(LogDatabase database, Detection detection, CancellationToken cancellationToken)
    {
        Find(database, detection, DetectionRows.Gaps, cancellationToken);
        return database.Stream($"SELECT * FROM {Found}", ReadGap, "", cancellationToken);
    }

    /// <summary>Reads rows from DuckDB, which runs on its own thread with a short lead. It stops when the reader stops.</summary>
    public static async IAsyncEnumerable<T> InBackground<T>(
        Func<CancellationToken, IEnumerable<T>> rows,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateBounded<T>(new BoundedChannelOptions(Ahead) { SingleReader = true, SingleWriter = true });
        var work = Task.Run(
            async () =>
            {
                try
                {
                    foreach (var row in rows(stop.Token))
                    {
                        await channel.Writer.WriteAsync(row, stop.Token);
                    }

                    channel.Writer.Complete();
                }
                catch (Exception e)
                {
                    channel.Writer.Complete(e);
                }
            },
            CancellationToken.None
        );
        try
        {
            await foreach (var row in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return row;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await work;
        }
    }

    /// <summary>Computes the whole result before returning a row, so that a failed query returns none. It is a table, which can spill to
    /// disk.</summary>
    private static void Find(LogDatabase database, Detection detection, DetectionRows yields, CancellationToken cancellationToken)
    {
        if (detection.Yields != yields)
        {
            throw new ArgumentException($"The detection {detection.Id} yields {detection.Yields}, not {yields}.", nameof(detection));
        }

        Prelude.Provide(database, detection, "comparing accesses with issuances", cancellationToken);
        var (stage, statements) = ($"detecting {detection.Id}", detection.Sql.Split(StatementEnd));
        foreach (var statement in statements.SkipLast(1))
        {
            database.Execute(statement, stage, cancellationToken);
        }

        database.Execute($"CREATE OR REPLACE TEMP TABLE {Found} AS {statements[^1]}", stage, cancellationToken);
    }

    private static Sighting ReadSighting(DuckDBDataReader r) =>
        new(
            Verdicts.Parse(Text(r, "Verdict")!),
            new(
                Text(r, "Iss") ?? "",
                Text(r, "Jti"),
                Text(r, "Kid"),
                Text(r, "Sub"),
                Text(r, "Aud"),
                Time(r, "IssuedAt"),
                Time(r, "ExpiresAt"),
                Text(r, "SigningInputSha256"),
                Text(r, "KeyThumbprint"),
                r.GetOrdinal("SignatureVerified") is var i && r.IsDBNull(i) ? null : r.GetBoolean(i)
            ),
            Text(r, "SrcIpAddr"),
            Time(r, "FirstSeen")!.Value,
            Time(r, "LastSeen")!.Value,
            r.GetInt64(r.GetOrdinal("Accesses"))
        );

    private static IssuanceGap ReadGap(DuckDBDataReader r) =>
        new(
            Text(r, "Iss")!,
            Text(r, "IssuerInstance")!,
            Time(r, "From")!.Value,
            Time(r, "To"),
            r.GetOrdinal("Missing") is var i && r.IsDBNull(i) ? null : r.GetInt64(i)
        );

    private static string? Text(DuckDBDataReader r, string column) =>
        r.GetOrdinal(column) is var i && r.IsDBNull(i) ? null : r.GetString(i);

    private static DateTimeOffset? Time(DuckDBDataReader r, string column) =>
        r.GetOrdinal(column) is var i && r.IsDBNull(i) ? null : new DateTimeOffset(r.GetDateTime(i), TimeSpan.Zero);
}
