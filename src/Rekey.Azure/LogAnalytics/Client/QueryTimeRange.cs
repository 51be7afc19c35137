using System.Globalization;

namespace Rekey.Azure.LogAnalytics.Client;

/// <summary>The span of <c>TimeGenerated</c> of the rows that a query may read, in the tables themselves. Without one, the service may
/// read all that is stored.</summary>
public sealed record QueryTimeRange(DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>The ISO 8601 interval of the wire.</summary>
    public override string ToString() => $"{Text(Start)}/{Text(End)}";

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}
