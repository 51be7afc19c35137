using System.Text.Json;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Tests.Wire;

/// <summary>What is kept of a refused input holds no secret, wherever it stood.</summary>
public sealed class RedactionTests
{
    [Theory]
    [InlineData("""{"data":{"clientState":"hush"}}""")]
    [InlineData("""{"data":{"CLIENTSTATE":"hush"}}""")]
    [InlineData("""[{"token":"hush"}]""")]
    [InlineData("""{"data":"{\"clientState\":\"hush\"}"}""")]
    [InlineData("""{"data":["[{\"clientState\":\"hush\"}]"]}""")]
    [InlineData("""{"data_base64":"hush"}""")]
    [InlineData("""{"access_token":"hush","clientSecret":"hush"}""")]
    [InlineData("""{"key":{"kty":"EC","d":"hush"}}""")]
    [InlineData("""{"note":"seen: eyJhbGciOiJFUzI1NiJ9.hush.hush"}""")]
    [InlineData("""{"notes":["Bearer eyJhbGciOiJFUzI1NiJ9.hush.hush"]}""")]
    [InlineData("""{"eyJhbGciOiJFUzI1NiJ9.hush.hush":1}""")]
    public void A_secret_is_taken_out_wherever_it_stands(string input)
    {
        var kept = Redaction.Clean(JsonDocument.Parse(input).RootElement, limit: 1000);
        Assert.NotNull(kept);
        Assert.DoesNotContain("hush", kept, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a":{"clientState":"hush"},"a":1}""", 1000)]
    [InlineData("\"hush\"", 1000)]
    [InlineData("""{"harmless":"but too long to be looked through"}""", 10)]
    public void What_nobody_can_look_through_is_not_kept(string input, int limit) =>
        Assert.Null(Redaction.Clean(JsonDocument.Parse(input).RootElement, limit));

    [Fact]
    public void What_is_no_secret_stays() =>
        Assert.Equal(
            """{"type":"x","n":1,"key":"kv.vault.azure.net/shop"}""",
            Redaction.Clean(JsonDocument.Parse("""{"type":"x","n":1,"key":"kv.vault.azure.net/shop"}""").RootElement, limit: 1000)
        );
}
