using Rekey.Azure.LogAnalytics.Queries;
using Rekey.Detections.Sweeps;

namespace Rekey.Azure.Tests.LogAnalytics.Queries;

/// <summary>The detections' queries as they lie in their folders, and as they are sent.</summary>
internal static class DetectionQueries
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static readonly ArrivalWindow Window = new(Noon.AddHours(-2), Noon.AddHours(-1), Noon);

    public static readonly SweepParameters Parameters = new(
        TimeSpan.FromHours(1),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromHours(13),
        3,
        8,
        TimeSpan.FromMinutes(30),
        [
            new KidWindow("https://login.example", "kid-1", Noon.AddDays(-90), Noon.AddDays(-1), Noon.AddHours(-23)),
            new KidWindow("https://login.example", "kid-2", Noon.AddDays(-1), null, null),
        ]
    );

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "detections");

    public static IReadOnlyList<string> Names { get; } =
    [.. Directory.GetDirectories(Folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    public static string Kql(string name) => File.ReadAllText(Path.Combine(Folder, name, "query.kql"));

    public static bool OfGaps(string name) => name is "issuance-gap" or "silent-issuer";

    public static string Prelude(KqlPartition? partition = null) =>
        KqlPrelude.OfBatch(
            Window,
            Noon.AddHours(-3),
            new(Noon.AddHours(-5), Noon.AddDays(-7)),
            Window.Until,
            Parameters,
            partition ?? KqlPartition.Whole
        );
}
