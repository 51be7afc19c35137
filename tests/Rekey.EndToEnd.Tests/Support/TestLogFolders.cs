using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Rekey.EndToEnd.Tests.Support;

/// <summary>Two folders in which issuers and gateways log, as they would through a collector: files that were complete a while
/// ago.</summary>
internal sealed class TestLogFolders : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("rekey-logs-").FullName;
    private readonly List<string> _issued = [];
    private readonly List<string> _accepted = [];
    private int _files;

    public TestLogFolders()
    {
        Directory.CreateDirectory(Issued);
        Directory.CreateDirectory(Access);
    }

    public string Issued => Path.Combine(_root, "issued");

    public string Access => Path.Combine(_root, "access");

    /// <summary>The app's settings for these folders.</summary>
    public Dictionary<string, string> Settings =>
        new(StringComparer.Ordinal)
        {
            ["Rekey__LogFolder__IssuedFolder"] = Issued,
            ["Rekey__LogFolder__AccessFolder"] = Access,
            ["Rekey__Sweeps__Mode"] = "enforce",
        };

    /// <summary>The issuer minted it.</summary>
    public TestLogFolders Mint(string token)
    {
        var t = Read(token);
        _issued.Add(
            JsonSerializer.Serialize(
                new
                {
                    TimeGenerated = t.At,
                    t.Iss,
                    t.Jti,
                    t.Kid,
                    t.Sub,
                    t.Aud,
                    IssuedAt = t.At,
                    t.ExpiresAt,
                    t.SigningInputSha256,
                    IssuerInstance = "issuer-0",
                }
            )
        );
        return this;
    }

    /// <summary>A gateway verified its signature and let it through.</summary>
    public TestLogFolders Accept(string token, string address)
    {
        var t = Read(token);
        _accepted.Add(
            JsonSerializer.Serialize(
                new
                {
                    TimeGenerated = DateTimeOffset.UtcNow,
                    t.Iss,
                    t.Jti,
                    t.Kid,
                    t.Sub,
                    t.Aud,
                    IssuedAt = t.At,
                    t.ExpiresAt,
                    t.SigningInputSha256,
                    KeyThumbprint = t.Kid,
                    SignatureVerified = true,
                    SrcIpAddr = address,
                    UserAgent = "app/1",
                    Path = "/orders",
                    StatusCode = 200,
                    Gateway = "edge",
                }
            )
        );
        return this;
    }

    /// <summary>What was logged arrives.</summary>
    public void Arrive()
    {
        foreach (var (folder, lines) in new[] { (Issued, _issued), (Access, _accepted) })
        {
            if (lines.Count > 0)
            {
                var path = Path.Combine(folder, $"{++_files:D4}.ndjson");
                File.WriteAllLines(path, lines);
                File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-20));
                lines.Clear();
            }
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static (
        string Iss,
        string Jti,
        string Kid,
        string Sub,
        string Aud,
        DateTimeOffset At,
        DateTimeOffset ExpiresAt,
        string SigningInputSha256
    ) Read(string token)
    {
        var input = token[..token.LastIndexOf('.')];
        var parts = input.Split('.').Select(p => JsonSerializer.Deserialize<JsonElement>(Base64Url.DecodeFromChars(p))).ToList();
        string Claim(string name) => parts[1].GetProperty(name).GetString()!;
        DateTimeOffset Time(string name) => DateTimeOffset.FromUnixTimeSeconds(parts[1].GetProperty(name).GetInt64());
        return (
            Claim("iss"),
            Claim("jti"),
            parts[0].GetProperty("kid").GetString()!,
            Claim("sub"),
            Claim("aud"),
            Time("iat"),
            Time("exp"),
            Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(input)))
        );
    }
}
