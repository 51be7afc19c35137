using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Rekey.Local.KeyVault.Server;
using Rekey.Local.Tests.Support;
using Rekey.Recordings;

namespace Rekey.Local.Tests.Recordings;

/// <summary>A test that sends what was recorded to a stand-in, and holds the answer against the recorded one.</summary>
public abstract class StandInTest : VaultTest
{
    /// <summary>The vault that the recordings are about.</summary>
    protected override KeyVaultOptions Configure(KeyVaultOptions options) =>
        options with
        {
            Name = "kv-demo-01",
            ResourceGroup = "rg-demo",
            SubscriptionId = "11111111-2222-3333-4444-555555555555",
            RetentionDays = 7,
            PurgeProtection = false,
            SettleAfterPolls = 0,
        };

    /// <summary>The answer, which is as recorded: status, content type and body.</summary>
    /// <param name="path">Where the recorded request goes here.</param>
    protected async Task<JsonNode?> SameAsync(AzureRecording recording, Uri standIn, string path, string token, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(
            new(recording.Method),
            path.StartsWith("https:", StringComparison.Ordinal) ? new(path) : new Uri(standIn, path)
        );
        request.Headers.Authorization = token.Length > 0 ? new AuthenticationHeaderValue("Bearer", token) : null;
        if ((body ?? recording.Body) is { } sent)
        {
            request.Content = new StringContent(sent.ToJsonString(), Encoding.UTF8, "application/json");
        }

        using var response = await Tenant.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var answer = text.Length == 0 ? null : JsonNode.Parse(text);
        Assert.True(
            recording.Status == (int)response.StatusCode,
            $"{recording.Status} was recorded, {(int)response.StatusCode} is answered: {text}"
        );
        Assert.Equal(
            recording.Header("Content-Type") is { } type ? MediaTypeHeaderValue.Parse(type) : null,
            response.Content.Headers.ContentType
        );
        Assert.Equal(recording.Header("WWW-Authenticate") is null, response.Headers.WwwAuthenticate.Count == 0);
        Assert.Empty(AnswerShape.Differences(recording.Answer, answer).ToList());
        return answer;
    }
}
