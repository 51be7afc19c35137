using System.Globalization;

namespace Rekey.Azure.LogAnalytics.Queries;

/// <summary>A window of arrivals, by <c>ingestion_time()</c>.</summary>
/// <param name="From">Where it begins, with the overlap; inclusive.</param>
/// <param name="Since">The end of the previous window: earlier arrivals were judged before.</param>
/// <param name="Until">Where it ends; exclusive.</param>
public sealed record ArrivalWindow(DateTimeOffset From, DateTimeOffset Since, DateTimeOffset Until)
{
    private const string Format = "yyyyMMdd'T'HHmmss.fffffff'Z'";

    /// <summary>The number of shares of its tokens, each a separate batch: 1, or a power of 8.</summary>
    public int Shares { get; init; } = 1;

    /// <summary>The index of the share, from 0.</summary>
    public int Share { get; init; }

    /// <summary>The batch id, which contains everything that is needed to restore the window.</summary>
    public string Id =>
        $"{Text(From)}-{Text(Since)}-{Text(Until)}"
        + (Shares == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"-{Share}-{Shares}"));

    /// <exception cref="FormatException">The text is not the id of a window.</exception>
    public static ArrivalWindow Parse(string id) =>
        id.Split('-') switch
        {
            [var from, var since, var until] => new ArrivalWindow(Time(from), Time(since), Time(until)),
            [var from, var since, var until, var share, var shares] => new ArrivalWindow(Time(from), Time(since), Time(until))
            {
                Share = Number(share),
                Shares = Number(shares),
            },
            _ => throw new FormatException($"'{id}' is not the id of a window."),
        };

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.ParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
