using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Rekey.Local.Tests.Support;

/// <summary>What came back.</summary>
public sealed record Answer(int Status, JsonNode? Body, HttpResponseHeaders Headers)
{
    public string? Code => Body?["error"]?["code"]?.GetValue<string>();

    public string? Inner => Body?["error"]?["innererror"]?["code"]?.GetValue<string>();

    public string Message => Body?["error"]?["message"]?.GetValue<string>() ?? "";

    public string Kid => Body!["key"]!["kid"]!.GetValue<string>();

    public string Version => Kid.Split('/')[^1];

    public Answer Expect(int status)
    {
        Assert.True(Status == status, $"Expected {status}, got {Status}: {Body?.ToJsonString()}");
        return this;
    }
}
