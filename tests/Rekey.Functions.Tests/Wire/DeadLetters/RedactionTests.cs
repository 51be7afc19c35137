using System.Buffers.Text;
using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Microsoft.Azure.Functions.Worker;
using Rekey.Functions.Departures.Feed;
using Rekey.Functions.Wire.DeadLetters;

namespace Rekey.Functions.Tests.Wire.DeadLetters;

/// <summary>A dead letter keeps the members by which people find the person, the key or the sender, and nothing else.</summary>
public sealed class RedactionTests
{
    /// <summary>How many characters of a secret must not be kept in a row.</summary>
    private const int Fragment = 8;

    private const string Person = "bbbbbbbb-1111-4222-8333-cccccccccccc";

    private const string Head =
        "\"specversion\":\"1.0\",\"type\":\"Microsoft.Graph.UserUpdated\",\"id\":\""
        + Person
        + "\",\"source\":\"/tenants/"
        + Person
        + "/applications/"
        + Person
        + "\",\"subject\":\"Users/"
        + Person
        + "\",\"time\":\"2027-03-01T09:00:00.0000000Z\"";

    private const string Data =
        "\"changeType\":\"updated\",\"resource\":\"Users/"
        + Person
        + "\",\"resourceData\":{\"id\":\""
        + Person
        + "\",\"eventTime\":\"2027-03-01T09:00:00Z\",\"sequenceNumber\":7},\"tenantId\":\""
        + Person
        + "\"";

    private static readonly string[] Functions = [.. KeptMembers.Functions, "WithoutMembers"];

    /// <summary>Names of members that are kept, of secrets, and others.</summary>
    private static readonly string[] Names =
    [
        .. KeptMembers.Functions.SelectMany(f => KeptMembers.Of(f).Keys).SelectMany(p => p.Split('.')).Distinct(),
        "clientState",
        "token",
        "access_token",
        "apiKey",
        "privateKey",
        "pwd",
        "password",
        "secret",
        "url",
        "note",
        "d",
        "",
        "(removed)",
    ];

    private static readonly Gen<string> Opaque = Gen.Char["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="]
        .Array[20, 60]
        .Select(c => new string(c));

    private static readonly Gen<string> Jws = Gen.Select(
        OneOf("", " ", "\n", "\t ", "\r\n", "\uFEFF"),
        OneOf("", " ", "\n"),
        Gen.Byte.Array[32, 64],
        OneOf(".", "%2E", "%2e"),
        (before, inside, signature, dot) =>
            string.Join(
                dot,
                Encoded($"{before}{{{inside}\"alg\":\"ES256\"}}"),
                Encoded("{\"sub\":\"somebody-4711\"}"),
                Base64Url.EncodeToString(signature)
            )
    );

    /// <summary>Secrets, each spelt in some way.</summary>
    private static readonly Gen<string> Secret = Gen.Select(
        Gen.OneOf(
            Opaque,
            Jws,
            Opaque.Select(s => $"https://x.blob.core.windows.net/c/b?sv=2025-01-01&sig={Uri.EscapeDataString(s)}"),
            Opaque.Select(s => $"SharedAccessSignature sr=x&sig={s}&se=1"),
            Opaque.Select(s => $"AccountName=x;AccountKey={s}"),
            Opaque.Select(s => $"-----BEGIN PRIVATE KEY-----\n{s}\n-----END PRIVATE KEY-----")
        ),
        Gen.Int[0, 5],
        (secret, spelling) =>
            spelling switch
            {
                0 => $"Bearer {secret}",
                1 => Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)),
                2 => JsonSerializer.Serialize(new { token = secret }),
                3 => Uri.EscapeDataString(secret),
                4 => $" {secret} ",
                _ => secret,
            }
    );

    [Fact]
    public void No_secret_is_kept_whatever_its_spelling_and_wherever_it_stands() =>
        Gen.Select(OneOf(Functions), Secret, OneOf(Names).Array[0, 5], Gen.Int, Gen.Bool)
            .Sample(
                (function, secret, path, seed, isName) =>
                {
                    var input = JsonSerializer.SerializeToElement(Planted(secret, path, new Random(seed), isName));
                    var body = Redaction.Body(function, input);
                    var words = Redaction.Words($"'{secret}' is not a key that this deployment governs.", input, body);
                    foreach (var kept in new[] { body ?? "", words })
                    {
                        for (var at = 0; at + Fragment <= secret.Length; at++)
                        {
                            Assert.DoesNotContain(secret.Substring(at, Fragment), kept, StringComparison.Ordinal);
                        }
                    }
                },
                iter: 20_000
            );

    /// <summary>What an operator needs is kept to the letter, also when something else stood beside it.</summary>
    [Theory]
    [InlineData("RotateKey", """{"key":"kv-prod-01.vault.azure.net/shop"}""")]
    [InlineData("KeepPoisoned", """{"key":"localhost.example:8443/shop"}""")]
    [InlineData("AssessExposure", $$"""{"departure":"{{Person}}~{{Person}}~1"}""")]
    [InlineData("KeepPoisoned", $$"""{"departure":"{{Person}}~{{Person}}~1"}""")]
    [InlineData("SweepNow", """{"sweep":"2027-03-01T09:00:00.0000000+00:00"}""")]
    [InlineData("UserChanged", "{" + Head + ",\"data\":{" + Data + "}}")]
    [InlineData(
        "KeepPoisoned",
        "{\"attempts\":2,\"firstFailedAt\":\"2027-03-01T09:00:00.0000000Z\",\"event\":{" + Head + ",\"data\":{" + Data + "}}}"
    )]
    public void The_members_of_a_function_are_kept_and_the_others_are_counted(string function, string input)
    {
        Assert.Equal(input, Redaction.Body(function, JsonDocument.Parse(input).RootElement));
        var more = JsonNode.Parse(input)!.AsObject();
        (more["more"], more["clientState"]) = (1, "hush");
        var kept = JsonNode.Parse(input)!.AsObject();
        kept["(removed)"] = 2;
        Assert.Equal(
            kept.ToJsonString(new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }),
            Redaction.Body(function, JsonSerializer.SerializeToElement(more))
        );
    }

    [Theory]
    [InlineData("RotateKey", """{"departure":"a"}""", """{"(removed)":1}""")]
    [InlineData("RotateKey", """{"key":"kv.vault.azure.net/shop","key":"kv.vault.azure.net/other"}""", """{"(removed)":2}""")]
    [InlineData("RotateKey", """{"key":["kv.vault.azure.net/shop"]}""", """{"(removed)":1}""")]
    [InlineData("RotateKey", """{"key":4711}""", """{"(removed)":1}""")]
    [InlineData("RotateKey", """{"key":"\ud800"}""", """{"(removed)":1}""")]
    [InlineData("PublishTrust", """{"key":"kv.vault.azure.net/shop"}""", """{"(removed)":1}""")]
    [InlineData("UserChanged", """{"data":{"note":{"id":"4711"}}}""", """{"data":{"(removed)":1}}""")]
    [InlineData("RotateKey", """[{"key":"kv.vault.azure.net/shop"}]""", null)]
    [InlineData("RotateKey", "\"kv.vault.azure.net/shop\"", null)]
    [InlineData("RotateKey", "{}", null)]
    [InlineData("RotateKey", """{"\ud800":1}""", null)]
    public void What_has_another_form_or_place_is_dropped(string function, string input, string? kept) =>
        Assert.Equal(kept, Redaction.Body(function, JsonDocument.Parse(input).RootElement));

    [Fact]
    public void Every_function_with_a_queue_says_what_is_kept_of_its_messages() =>
        Assert.Equal(
            typeof(KeptMembers)
                .Assembly.GetTypes()
                .SelectMany(t => t.GetMethods())
                .Where(m => m.GetParameters().Any(p => p.GetCustomAttribute<QueueTriggerAttribute>() is not null))
                .Select(m => m.GetCustomAttribute<FunctionAttribute>()!.Name)
                .Append("KeepPoisoned")
                .Append(TakeUpEventDeadLetters.Function)
                .Order(StringComparer.Ordinal),
            KeptMembers.Functions.Order(StringComparer.Ordinal)
        );

    /// <summary>An input with the secret behind this path, as a value or as a name, in objects and arrays.</summary>
    private static JsonObject Planted(string secret, IReadOnlyList<string> path, Random random, bool isName)
    {
        JsonNode node = isName ? new JsonObject { [secret] = 1 } : JsonValue.Create(secret);
        foreach (var name in path.Reverse())
        {
            node = random.Next(4) == 0 ? new JsonArray(node) : node;
            node = new JsonObject { ["id"] = Person, [name] = node };
        }

        return node as JsonObject ?? new JsonObject { [Names[random.Next(Names.Length)]] = node };
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(n => texts[n]);

    private static string Encoded(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
