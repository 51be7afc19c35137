using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;
using Rekey.Local.Identity;
using Rekey.Local.Tests.Support;
using Rekey.Recordings;

namespace Rekey.Local.Tests.Recordings;

/// <summary>Each recorded request to a vault, sent to the stand-in.</summary>
public sealed class VaultRequestsTests : StandInTest
{
    private static readonly object Plain = new { kty = "RSA", attributes = new { enabled = true } };
    private static readonly object Second = new
    {
        kty = "RSA",
        key_ops = new[] { "encrypt", "decrypt" },
        attributes = new { enabled = false },
        tags = new { test = "foo" },
    };

    public static readonly IReadOnlyList<int> Challenges = [1, 2, 3];
    public static readonly IReadOnlyList<int> Creations = [4, 5, 6, 7, 32];
    public static readonly IReadOnlyList<int> Imports = [8, 9, 33, 34];
    public static readonly IReadOnlyList<int> OnAKey = [10, 12, 21, 25, 26];
    public static readonly IReadOnlyList<int> OnTwoVersions = [11, 13, 17, 20];
    public static readonly IReadOnlyList<int> OnADeletedKey = [27, 28, 29, 30];
    public static readonly IReadOnlyList<int> Others = [14, 15, 16, 18, 19, 22, 23, 24, 31];

    public static TheoryData<int> ChallengeLines => [.. Challenges];

    public static TheoryData<int> CreationLines => [.. Creations];

    public static TheoryData<int> KeyLines => [.. OnAKey];

    public static TheoryData<int> TwoVersionLines => [.. OnTwoVersions];

    public static TheoryData<int> DeletedLines => [.. OnADeletedKey];

    private string Token => Tenant.Identity.Mint(LocalTenant.Officer, Audiences.KeyVault);

    [Theory]
    [MemberData(nameof(ChallengeLines))]
    public async Task Who_brings_no_token_should_be_challenged(int line)
    {
        var recording = AzureRecording.Read("keys", line);
        // In 2020 the text had no number yet: what is answered today is that of the first line.
        var today = line == 3 ? recording with { Response = AzureRecording.Read("keys", 1).Response } : recording;
        await SameAsync(today, Vault.Address, recording.Path, token: "");
    }

    [Theory]
    [MemberData(nameof(CreationLines))]
    public async Task A_key_that_is_made_should_be_as_recorded(int line) => await AnswerAsync(line);

    [Theory]
    [InlineData(8, "RSA", 2048)]
    [InlineData(9, "RSA", 1024)]
    [InlineData(33, "P-521", 521)]
    [InlineData(34, "secp256k1", 256)]
    public async Task A_key_that_is_imported_should_be_given_back_as_it_came(int line, string curve, int size)
    {
        var recording = AzureRecording.Read("keys", line);
        var body = recording.Body!.DeepClone();
        var key = body["key"]!;
        foreach (
            var (name, value) in curve == "RSA" ? Rsa(size) : Ec(ECCurve.CreateFromFriendlyName(curve == "P-521" ? "nistP521" : curve))
        )
        {
            key[name] = value;
        }

        var answer = await SameAsync(recording, Vault.Address, recording.Path, Token, body);

        foreach (var name in (string[])["n", "e", "crv", "x", "y"])
        {
            Assert.Equal(key[name]?.GetValue<string>(), answer!["key"]![name]?.GetValue<string>());
        }
    }

    [Theory]
    [MemberData(nameof(KeyLines))]
    public async Task A_key_should_answer_as_recorded(int line)
    {
        var version = (await Call("POST", "keys/issuer/create", Plain)).Expect(200).Version;
        await AnswerAsync(line, version);
    }

    [Theory]
    [MemberData(nameof(TwoVersionLines))]
    public async Task A_key_with_a_disabled_newest_version_should_answer_as_recorded(int line)
    {
        await TwoVersionsAsync();
        await AnswerAsync(line);
    }

    [Theory]
    [MemberData(nameof(DeletedLines))]
    public async Task A_deleted_key_should_answer_as_recorded(int line)
    {
        (await Call("POST", "keys/issuer/create", Plain)).Expect(200);
        (await Call("DELETE", "keys/issuer")).Expect(200);
        await AnswerAsync(line);
    }

    [Theory]
    [InlineData(14, 2)]
    [InlineData(15, 1)]
    [InlineData(16, 0)]
    public async Task Keys_should_be_listed_as_recorded(int line, int count)
    {
        foreach (var name in new[] { "issuer", "other" }.Take(count))
        {
            (await Call("POST", $"keys/{name}/create", Plain)).Expect(200);
        }

        await AnswerAsync(line);
    }

    [Fact]
    public async Task The_last_page_should_be_as_recorded()
    {
        await TwoVersionsAsync();
        var first = (await Call("GET", "keys/issuer/versions?maxresults=1")).Expect(200).Body!;
        await SameAsync(AzureRecording.Read("keys", 18), Vault.Address, Link(first), Token);
    }

    [Fact]
    public async Task A_next_page_should_be_challenged_like_any_request()
    {
        await TwoVersionsAsync();
        var first = (await Call("GET", "keys/issuer/versions?maxresults=1")).Expect(200).Body!;
        await SameAsync(AzureRecording.Read("keys", 19), Vault.Address, Link(first), token: "");
    }

    [Fact]
    public async Task A_rotation_should_follow_its_policy_as_recorded()
    {
        (await Call("POST", "keys/issuer/create", Plain)).Expect(200);
        await AnswerAsync(21);
        await AnswerAsync(22);
        var attributes = (await AnswerAsync(23))!["attributes"]!;
        Assert.Equal(30 * 86_400, attributes["exp"]!.GetValue<long>() - attributes["created"]!.GetValue<long>());
    }

    [Fact]
    public async Task What_was_encrypted_should_be_decrypted_as_recorded()
    {
        var recording = AzureRecording.Read("keys", 24);
        var version = (await Call("POST", "keys/issuer/create", Plain)).Expect(200).Version;
        var plain = recording.Answer!["value"]!.GetValue<string>();
        var cipher = (await Call("POST", $"keys/issuer/{version}/encrypt", new { alg = "RSA-OAEP", value = plain })).Expect(200).Body![
            "value"
        ]!.GetValue<string>();

        var answer = await SameAsync(
            recording,
            Vault.Address,
            WithVersion(recording.Path, version),
            Token,
            new JsonObject { ["alg"] = "RSA-OAEP", ["value"] = cipher }
        );

        Assert.Equal(plain, answer!["value"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_was_backed_up_should_be_restored_as_recorded()
    {
        var made = (await Call("POST", "keys/issuer/create", Plain)).Expect(200);
        var blob = (await Call("POST", "keys/issuer/backup")).Expect(200).Body!;
        (await Call("DELETE", "keys/issuer")).Expect(200);
        (await Call("DELETE", "deletedkeys/issuer")).Expect(204);
        Tenant.Time.Advance(TimeSpan.FromMinutes(1));
        var recording = AzureRecording.Read("keys", 31);

        var answer = await SameAsync(recording, Vault.Address, recording.Path, Token, blob);

        Assert.True(JsonNode.DeepEquals(made.Body, answer));
    }

    private async Task<JsonNode?> AnswerAsync(int line, string version = "")
    {
        var recording = AzureRecording.Read("keys", line);
        var path = WithVersion(recording.Path, version);
        // One recording leaves the query out.
        return await SameAsync(
            recording,
            Vault.Address,
            path.Contains("api-version", StringComparison.Ordinal) ? path : $"{path}?api-version={LocalTenant.ApiVersion}",
            Token
        );
    }

    /// <summary>
    /// In the order of their ids, which are as the dice fall: the recorded ones lie in the order in which they were made.
    /// </summary>
    private async Task TwoVersionsAsync()
    {
        while (true)
        {
            var first = (await Call("POST", "keys/issuer/create", Plain)).Expect(200).Version;
            var second = (await Call("POST", "keys/issuer/create", Second)).Expect(200).Version;
            if (string.CompareOrdinal(first, second) < 0)
            {
                return;
            }

            (await Call("DELETE", "keys/issuer")).Expect(200);
            (await Call("DELETE", "deletedkeys/issuer")).Expect(204);
        }
    }

    private static string WithVersion(string path, string version)
    {
        var segments = path.Split('/', '?');
        return segments is [_, "keys", _, { Length: 32 } recorded, ..] ? path.Replace(recorded, version, StringComparison.Ordinal) : path;
    }

    private static string Link(JsonNode page) => page["nextLink"]!.GetValue<string>();

    private static IEnumerable<(string, string)> Rsa(int size)
    {
        using var rsa = RSA.Create(size);
        var p = rsa.ExportParameters(includePrivateParameters: true);
        return
        [
            ("n", Base64UrlEncoder.Encode(p.Modulus)),
            ("e", Base64UrlEncoder.Encode(p.Exponent)),
            ("d", Base64UrlEncoder.Encode(p.D)),
            ("p", Base64UrlEncoder.Encode(p.P)),
            ("q", Base64UrlEncoder.Encode(p.Q)),
            ("dp", Base64UrlEncoder.Encode(p.DP)),
            ("dq", Base64UrlEncoder.Encode(p.DQ)),
            ("qi", Base64UrlEncoder.Encode(p.InverseQ)),
        ];
    }

    /// <summary>A key whose coordinates come without a leading zero, where they have one.</summary>
    private static IEnumerable<(string, string)> Ec(ECCurve curve)
    {
        while (true)
        {
            using var ec = ECDsa.Create(curve);
            var p = ec.ExportParameters(includePrivateParameters: true);
            if (p.Q.X!.Length == 32 || (p.Q.X[0] == 0 && p.Q.Y![0] == 0))
            {
                return [("d", Fewest(p.D!)), ("x", Fewest(p.Q.X)), ("y", Fewest(p.Q.Y!))];
            }
        }

        static string Fewest(byte[] number) => Base64UrlEncoder.Encode(number.AsSpan().TrimStart((byte)0).ToArray());
    }
}
