using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Rekey.Local.Worlds;
using Rekey.Trust.Lists;

namespace Rekey.Local.Replay;

/// <summary>Months of a company's logs of tokens, with a forger in them, as they lay there before Rekey came.</summary>
internal sealed class PastLogs : IDisposable
{
    /// <summary>How far back they go.</summary>
    private const int Days = 120;

    private static readonly JsonSerializerOptions Columns = new() { PropertyNamingPolicy = null };

    private readonly string _folder = Directory.CreateTempSubdirectory("rekey-past-logs-").FullName;

    /// <summary>When the one access of this very minute was.</summary>
    private DateTimeOffset _today;

    public PastLogs()
    {
        Directory.CreateDirectory(Issued);
        Directory.CreateDirectory(Access);
    }

    /// <summary>Settings of an app that sweeps them.</summary>
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

    /// <summary>Has the command line write them, and adds one access of this very minute.</summary>
    /// <param name="token">A forged token that a gateway let in just now.</param>
    public async Task WriteAsync(
        WorldKey key,
        TrustEntry stolen,
        string token,
        IProgress<string> progress,
        CancellationToken cancellationToken
    )
    {
        // 1. Made where the sweep does not look, then moved: what is under its name is whole.
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
            Line(new JsonWebToken(token), token, stolen, _today),
            cancellationToken
        );
        foreach (var (from, to) in new[] { ("issued", Issued), ("access", Access) })
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(made, from)))
            {
                // They have lain there for a while: nobody writes to them any more.
                File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-1));
                File.Move(file, Path.Combine(to, Path.GetFileName(file)));
            }
        }
    }

    /// <summary>What the forger did under the stolen key, by the truth that was written along with the logs, and the one token of today,
    /// from one of their addresses.</summary>
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

    /// <summary>As a gateway logs an access that it let in.</summary>
    private static string Line(JsonWebToken token, string text, TrustEntry stolen, DateTimeOffset at) =>
        JsonSerializer.Serialize(
            new
            {
                TimeGenerated = at,
                Iss = token.Issuer,
                Jti = token.Id,
                Kid = token.Kid,
                Sub = token.Subject,
                Aud = token.Audiences.Single(),
                IssuedAt = new DateTimeOffset(token.IssuedAt),
                ExpiresAt = new DateTimeOffset(token.ValidTo),
                SigningInputSha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text[..text.LastIndexOf('.')]))),
                KeyThumbprint = stolen.Thumbprint,
                SignatureVerified = true,
                SrcIpAddr = "198.18.0.1",
                UserAgent = "python-requests/2.32",
                Path = "/api/addresses",
                StatusCode = 200,
                Gateway = "gateway-1",
            },
            Columns
        ) + "\n";
}
