using System.Globalization;
using System.Text.Json;
using Rekey.Local.Worlds;
using Rekey.Trust.Lists;

namespace Rekey.Local.Replay;

/// <summary>Months of a company's token logs with forged tokens, from before Rekey was installed.</summary>
internal sealed class PastLogs : IDisposable
{
    /// <summary>How many days the logs go back.</summary>
    private const int Days = 120;

    private readonly string _folder = Directory.CreateTempSubdirectory("rekey-past-logs-").FullName;

    /// <summary>The time of the access of today.</summary>
    private DateTimeOffset _today;

    public PastLogs()
    {
        Directory.CreateDirectory(Issued);
        Directory.CreateDirectory(Access);
    }

    /// <summary>The settings of an app that sweeps the logs.</summary>
    public IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Rekey__LogFolder__IssuedFolder"] = Issued,
            ["Rekey__LogFolder__AccessFolder"] = Access,
            ["Rekey__LogFolder__MaxLookBack"] = string.Create(CultureInfo.InvariantCulture, $"{Days + 2}.00:00:00"),
            ["Rekey__Sweeps__Mode"] = "enforce",
        };

    private string Issued => Path.Combine(_folder, "issued");

    private string Access => Path.Combine(_folder, "access");

    /// <summary>Writes the logs with the command line, and adds one access of this minute.</summary>
    /// <param name="token">A forged token that a gateway just accepted.</param>
    public async Task WriteAsync(
        WorldKey key,
        TrustEntry stolen,
        string token,
        IProgress<string> progress,
        CancellationToken cancellationToken
    )
    {
        // 1. Written outside the swept folder, then moved, so that the sweep sees only whole files.
        var made = Path.Combine(_folder, "made");
        await RekeyTool.RunAsync(
            [
                "sample-logs",
                made,
                "--days",
                $"{Days}",
                "--accesses",
                "40000",
                "--until",
                DateTimeOffset.UtcNow.ToString("O"),
                "--issuer",
                key.Issuer,
                "--stolen-key",
                stolen.Thumbprint,
            ],
            progress,
            cancellationToken
        );
        _today = DateTimeOffset.UtcNow;
        await File.WriteAllTextAsync(
            Path.Combine(made, "access", "access-today.ndjson"),
            LogLine.Accepted(token, stolen.Thumbprint, "198.18.0.1", _today) + "\n",
            cancellationToken
        );
        foreach (var (from, to) in new[] { ("issued", Issued), ("access", Access) })
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(made, from)))
            {
                // The files are old, so that they count as settled.
                File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-1));
                File.Move(file, Path.Combine(to, Path.GetFileName(file)));
            }
        }
    }

    /// <summary>Counts what the forger did with the stolen key, from the truth written with the logs, plus the one token of today from
    /// one of their addresses.</summary>
    public async Task<Forgeries> TruthAsync(string kid, CancellationToken cancellationToken)
    {
        using var truth = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(_folder, "made", "truth.json"), cancellationToken));
        var forged = truth
            .RootElement.GetProperty("sightings")
            .EnumerateArray()
            .Where(s => Text(s, "verdict") == "unissued" && Text(s, "kid") == kid)
            .ToList();
        int Distinct(string member) => forged.Select(s => Text(s, member)).Distinct(StringComparer.Ordinal).Count();
        return new(
            Distinct("id") + 1,
            Distinct("sub") + 1,
            Distinct("address"),
            forged.Min(s => s.GetProperty("firstSeen").GetDateTimeOffset()),
            _today
        );
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string? Text(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) ? value.GetString() : null;
}
