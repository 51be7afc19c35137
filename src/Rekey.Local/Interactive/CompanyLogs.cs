using Rekey.Local.Replay;

namespace Rekey.Local.Interactive;

/// <summary>The folders in which the company's issuers and gateways log tokens from the end of the replay on, and in which its vaults log
/// every call.</summary>
internal sealed class CompanyLogs : IDisposable
{
    private static readonly string[] SignIns = ["SignInLogs", "NonInteractiveUserSignInLogs", "ServicePrincipalSignInLogs"];

    private readonly string _folder = Directory.CreateTempSubdirectory("rekey-local-").FullName;
    private int _files;

    public CompanyLogs() => Clear();

    /// <summary>The settings of an app that sweeps the folders. Issuers mint only when `rekey local forge` runs, so the silence between
    /// is no sign of a broken log: an instance that is silent for ten minutes counts as retired.</summary>
    public IReadOnlyDictionary<string, string> Settings =>
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Rekey__LogFolder__IssuedFolder"] = Issued,
            ["Rekey__LogFolder__AccessFolder"] = Access,
            ["Rekey__LogFolder__AuditFolder"] = Audit,
            ["Rekey__Sweeps__SilenceMemory"] = "00:10:00",
            ["Rekey__Sweeps__Mode"] = "enforce",
        };

    /// <summary>A file outside the logs, in which the printed commands keep a forged token.</summary>
    public string TokenFile => Path.Combine(_folder, "forged.jwt");

    /// <summary>The folder of the vaults' audit logs.</summary>
    public string Audit => Path.Combine(_folder, "audit");

    private string Issued => Path.Combine(_folder, "issued");

    private string Access => Path.Combine(_folder, "access");

    /// <summary>An issuer logs a token that it minted.</summary>
    public Task IssueAsync(string token, CancellationToken cancellationToken) =>
        WriteAsync(Issued, LogLine.Issued(token), cancellationToken);

    /// <summary>A gateway logs a token that it accepted.</summary>
    /// <param name="thumbprint">The key that verified the signature.</param>
    public Task AcceptAsync(string token, string thumbprint, string address, CancellationToken cancellationToken) =>
        WriteAsync(Access, LogLine.Accepted(token, thumbprint, address, DateTimeOffset.UtcNow), cancellationToken);

    /// <summary>Deletes every line.</summary>
    public void Clear()
    {
        foreach (var folder in new[] { Issued, Access, Audit })
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            Directory.CreateDirectory(folder);
        }

        // The company exports every log of its directory: without a row, the watch over leavers reports a log as missing.
        var now = DateTimeOffset.UtcNow;
        File.WriteAllLines(
            Path.Combine(Audit, "directory.ndjson"),
            [
                Line(now, "AuditLogs", $$"""{"result":"success","targetResources":[{"id":"{{Guid.NewGuid()}}"}]}"""),
                .. SignIns.Select(c => Line(now, c, $$"""{"userId":"{{Guid.NewGuid()}}"}""")),
            ]
        );
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Line(DateTimeOffset at, string category, string properties) =>
        $$"""{"time":"{{at:O}}","category":"{{category}}","resultType":"0","operationName":"Add user","properties":{{properties}} }""";

    private async Task WriteAsync(string folder, string line, CancellationToken cancellationToken)
    {
        // A sweep passes over names with a leading dot, and over files that are not old enough to be complete.
        var name = $"{Interlocked.Increment(ref _files):D6}.ndjson";
        var part = Path.Combine(folder, $".{name}");
        await File.WriteAllTextAsync(part, line + "\n", cancellationToken);
        File.SetLastWriteTimeUtc(part, DateTime.UtcNow.AddHours(-1));
        File.Move(part, Path.Combine(folder, name));
    }
}
