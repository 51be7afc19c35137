using System.Globalization;

namespace Rekey.Azure.LogAnalytics.Queries;

/// <summary>What arrived in a stretch of time, by <c>ingestion_time()</c>.</summary>
/// <param name="From">Where it begins, with the overlap; inclusive.</param>
/// <param name="Since">Where the last one ended: what lies before was judged once already.</param>
/// <param name="Until">Where it ends; exclusive.</param>
public sealed record ArrivalWindow(DateTimeOffset From, DateTimeOffset Since, DateTimeOffset Until)
{
    private const string Format = "yyyyMMdd'T'HHmmss.fffffff'Z'";

    /// <summary>In how many shares of its tokens it is judged, each a batch of its own: 1, or a power of 8.</summary>
    public int Shares { get; init; } = 1;

    /// <summary>Which of them, from 0.</summary>
    public int Share { get; init; }

    /// <summary>The window as a batch's id: whoever has the batch needs nothing else to find it again.</summary>
    public string Id =>
        $"{Text(From)}-{Text(Since)}-{Text(Until)}"
        + (Shares == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"-{Share}-{Shares}"));

    /// <exception cref="FormatException">It is no id of a window.</exception>
    public static ArrivalWindow Parse(string id) =>
        id.Split('-') switch
        {
            [var from, var since, var until] => new ArrivalWindow(Time(from), Time(since), Time(until)),
            [var from, var since, var until, var share, var shares] => new ArrivalWindow(Time(from), Time(since), Time(until))
            {
                Share = Number(share),
                Shares = Number(shares),
            },
            _ => throw new FormatException($"'{id}' is no id of a window."),
        };

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.ParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
