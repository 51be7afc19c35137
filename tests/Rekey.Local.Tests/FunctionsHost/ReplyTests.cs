using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Rekey.Local.FunctionsHost.Handlers;
using Rekey.Local.FunctionsHost.Invocations;

namespace Rekey.Local.Tests.FunctionsHost;

public sealed class ReplyTests
{
    [Theory]
    [InlineData(200, "application/json", "{}")]
    [InlineData(202, "application/json; charset=utf-8", """{"outputs":{"q":"x"},"logs":["a"],"returnvalue":1,"more":true}""")]
    [InlineData(200, "application/json", """{"Outputs":null,"Logs":null}""")]
    public void Success(int status, string type, string body) => Assert.IsType<HandlerReply.Success>(Read(status, type, body));

    [Theory]
    [InlineData(500, "application/json", "{}")]
    [InlineData(404, "application/json", "{}")]
    [InlineData(302, "application/json", "{}")]
    [InlineData(200, "text/plain", "{}")]
    [InlineData(200, null, "{}")]
    [InlineData(200, "application/json", "{broken")]
    [InlineData(200, "application/json", "{} {}")]
    [InlineData(200, "application/json", "[]")]
    [InlineData(200, "application/json", "1")]
    [InlineData(200, "application/json", """{"Logs":"a"}""")]
    [InlineData(200, "application/json", """{"Logs":[{}]}""")]
    [InlineData(200, "application/json", """{"Outputs":[]}""")]
    public void Failure(int status, string? type, string body) => Assert.IsType<HandlerReply.Failure>(Read(status, type, body));

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("null")]
    public void Nothing_never_completes(string body) => Assert.IsType<HandlerReply.Never>(Read(200, "application/json", body));

    [Fact]
    public void Names_are_matched_without_case()
    {
        var reply = Assert.IsType<HandlerReply.Success>(Read(200, "application/json", """{"OUTPUTS":{"Next":1},"LOGS":["a","b"]}"""));
        Assert.Equal(["a", "b"], reply.Logs);
        Assert.Equal(1, (int?)reply.Outputs["nEXT"]);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"{\\\"a\\\":1}\"", """{"a":1}""")]
    [InlineData("""{"a":1}""", """{"a":1}""")]
    [InlineData("\"aGVsbG8=\"", "hello")]
    [InlineData("\"plain text\"", "plain text")]
    [InlineData("""["aGVsbG8=",{"a":1},null]""", "aGVsbG8=", """{"a":1}""")]
    public void Messages_of_a_queue_output(string value, params string[] expected) => Assert.Equal(expected, OutputValues.Messages(JsonNode.Parse(value), binary: false));

    [Fact]
    public void A_binary_output_keeps_its_base64() => Assert.Equal(["aGVsbG8="], OutputValues.Messages(JsonValue.Create("aGVsbG8="), binary: true));

    [Fact]
    public void The_third_error_within_half_an_hour_is_the_last()
    {
        var failures = new HandlerFailures();
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.False(failures.IsLast(now));
        Assert.False(failures.IsLast(now.AddMinutes(1)));
        Assert.False(failures.IsLast(now.AddMinutes(30)));
        Assert.True(failures.IsLast(now.AddMinutes(30.5)));
    }

    private static HandlerReply Read(int status, string? type, string body) =>
        ReplyReader.Read(status, type is null ? null : MediaTypeHeaderValue.Parse(type), Encoding.UTF8.GetBytes(body));
}
