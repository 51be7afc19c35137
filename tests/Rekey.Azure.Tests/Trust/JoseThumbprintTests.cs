using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Azure.Tests.Support;
using Rekey.Trust.Jose;

namespace Rekey.Azure.Tests.Trust;

/// <summary>Thumbprints as <c>jose</c> for Node computes them, of keys whose numbers come in other spellings than the standard's.</summary>
public sealed class JoseThumbprintTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_kind_of_key_has_the_thumbprint_that_jose_gives_it()
    {
        var keys = Keys().ToList();

        var theirs = await ThumbprintsAsync(keys.Select(k => k.Standard.ToJsonString()));

        Assert.Equal(theirs, keys.Select(k => k.Read.Thumbprint));
        Assert.Equal(theirs, keys.Select(k => JsonSerializer.Deserialize<PublicJwk>(JsonSerializer.Serialize(k.Read))!.Thumbprint));
    }

    [Fact]
    public async Task The_exponent_of_an_hsm_makes_no_other_key()
    {
        using var rsa = RSA.Create(2048);
        var n = Base64Url.EncodeToString(rsa.ExportParameters(includePrivateParameters: false).Modulus);

        var theirs = await ThumbprintsAsync([$$"""{"kty":"RSA","n":"{{n}}","e":"AAEAAQ"}"""]);

        Assert.Equal(PublicJwk.FromVault("RSA-HSM", null, null, null, n, "AAEAAQ").Thumbprint, Assert.Single(theirs));
    }

    /// <summary>Each as the standard writes it, and as Rekey reads it from another spelling.</summary>
    private static IEnumerable<(JsonObject Standard, PublicJwk Read)> Keys()
    {
        foreach (var size in (int[])[2048, 3072, 4096])
        {
            using var rsa = RSA.Create(size);
            var p = rsa.ExportParameters(includePrivateParameters: false);
            yield return (
                new()
                {
                    ["kty"] = "RSA",
                    ["n"] = Base64Url.EncodeToString(p.Modulus),
                    ["e"] = Base64Url.EncodeToString(p.Exponent),
                },
                PublicJwk.FromVault("RSA-HSM", null, null, null, Longer(p.Modulus!), Longer(p.Exponent!))
            );
        }

        foreach (
            var (name, curve) in new[]
            {
                ("P-256", ECCurve.NamedCurves.nistP256),
                ("P-384", ECCurve.NamedCurves.nistP384),
                ("P-521", ECCurve.NamedCurves.nistP521),
            }
        )
        {
            using var ec = WithLeadingZero(curve);
            var q = ec.ExportParameters(includePrivateParameters: false).Q;
            yield return (
                new()
                {
                    ["kty"] = "EC",
                    ["crv"] = name,
                    ["x"] = Base64Url.EncodeToString(q.X),
                    ["y"] = Base64Url.EncodeToString(q.Y),
                },
                PublicJwk.FromVault("EC-HSM", name, Shorter(q.X!), Longer(q.Y!), null, null)
            );
        }
    }

    private static string Longer(byte[] number) => Base64Url.EncodeToString([0, .. number]);

    private static string Shorter(byte[] number) => Base64Url.EncodeToString(number.AsSpan().TrimStart((byte)0));

    private static ECDsa WithLeadingZero(ECCurve curve)
    {
        while (true)
        {
            var ec = ECDsa.Create(curve);
            if (ec.ExportParameters(includePrivateParameters: false).Q.X![0] == 0)
            {
                return ec;
            }

            ec.Dispose();
        }
    }

    private static async Task<string[]> ThumbprintsAsync(IEnumerable<string> keys)
    {
        var source = Path.Combine(AppContext.BaseDirectory, "jose");
        var home = await NpmHome.InstalledAsync(source, "jose");
        File.Copy(Path.Combine(source, "thumbprints.mjs"), Path.Combine(home, "thumbprints.mjs"), overwrite: true);
        using var node = Process.Start(
            new ProcessStartInfo("node", ["thumbprints.mjs"])
            {
                WorkingDirectory = home,
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var errors = node.StandardError.ReadToEndAsync(Cancel);
        await node.StandardInput.WriteAsync(string.Join('\n', keys));
        node.StandardInput.Close();
        var told = await node.StandardOutput.ReadToEndAsync(Cancel);
        await node.WaitForExitAsync(Cancel);
        Assert.True(node.ExitCode == 0, await errors);
        return told.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
