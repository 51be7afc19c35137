using Rekey.Detections;
using Rekey.DuckDb.Engine;

namespace Rekey.DuckDb.Detections;

/// <summary>Converts sightings to accesses, so that they can be judged again.</summary>
internal static class SightingsAsAccesses
{
    private const int RowsAtOnce = 500;

    /// <summary>Creates a table of them, and returns SQL that reads it. A sighting becomes two accesses, its first and its last, to check
    /// every window at both ends.</summary>
    public static string Load(LogDatabase database, IReadOnlyList<Sighting> seen, CancellationToken cancellationToken)
    {
        database.Execute(
            "CREATE OR REPLACE TEMP TABLE SeenAgain "
                + $"({string.Join(", ", LogViews.GatewayAccess.Select(c => $"{SqlText.Name(c.Name)} {c.Type.Sql}"))})",
            cancellationToken: cancellationToken
        );
        foreach (var some in seen.Chunk(RowsAtOnce))
        {
            var rows = some.SelectMany(s =>
                new[] { s.FirstSeen, s.LastSeen }.Distinct().Select(at => $"({string.Join(", ", Values(s, at))})")
            );
            database.Execute(
                "INSERT INTO SeenAgain (TimeGenerated, Iss, Jti, Kid, Sub, Aud, IssuedAt, ExpiresAt, SigningInputSha256, "
                    + $"KeyThumbprint, SignatureVerified, SrcIpAddr) VALUES {string.Join(", ", rows)}",
                cancellationToken: cancellationToken
            );
        }

        return $"SELECT *, {TokenDigest.OfColumns}, true AS InBatch FROM SeenAgain";
    }

    private static IEnumerable<string> Values(Sighting s, DateTimeOffset at) =>
        [
            SqlText.Time(at),
            SqlText.Literal(s.Token.Iss),
            Text(s.Token.Jti),
            Text(s.Token.Kid),
            Text(s.Token.Sub),
            Text(s.Token.Aud),
            Time(s.Token.IssuedAt),
            Time(s.Token.ExpiresAt),
            Text(s.Token.SigningInputSha256),
            Text(s.Token.KeyThumbprint),
            s.Token.SignatureVerified is { } verified
                ? verified
                    ? "true"
                    : "false"
                : "NULL",
            Text(s.SrcIpAddr),
        ];

    private static string Text(string? text) => string.IsNullOrEmpty(text) ? "NULL" : SqlText.Literal(text);

    private static string Time(DateTimeOffset? time) => time is { } known ? SqlText.Time(known) : "NULL";
}
