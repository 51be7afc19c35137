using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rekey.Local.FunctionsHost.Envelopes;

namespace Rekey.Local.FunctionsHost.Invocations;

/// <summary>Judges a handler's answer the way a v4 host was seen to.</summary>
internal static class ReplyReader
{
    public static HandlerReply Read(int statusCode, MediaTypeHeaderValue? contentType, ReadOnlySpan<byte> body)
    {
        if (statusCode is < 200 or > 299)
        {
            return new HandlerReply.Failure($"the handler answered {statusCode}");
        }

        if (body.Trim(" \t\r\n"u8).IsEmpty)
        {
            return new HandlerReply.Never();
        }

        if (contentType?.MediaType is not { } mediaType || !IsJson(mediaType))
        {
            return new HandlerReply.Failure($"the handler answered {contentType?.MediaType ?? "no content type"}, not application/json");
        }

        try
        {
            return FromJson(LenientJson.Parse(Encoding.UTF8.GetString(body), new JsonNodeOptions { PropertyNameCaseInsensitive = true }));
        }
        catch (JsonException)
        {
            return new HandlerReply.Failure("the handler's answer is not valid JSON");
        }
    }

    private static bool IsJson(string mediaType) =>
        mediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || mediaType.Equals("text/json", StringComparison.OrdinalIgnoreCase);

    private static HandlerReply FromJson(JsonNode? parsed)
    {
        if (parsed is null)
        {
            return new HandlerReply.Never();
        }

        if (parsed is not JsonObject reply)
        {
            return new HandlerReply.Failure("the handler's answer is no JSON object");
        }

        var logs = new List<string>();
        if (reply["Logs"] is { } told)
        {
            if (told is not JsonArray lines || lines.Any(line => line?.GetValueKind() is not JsonValueKind.String))
            {
                return new HandlerReply.Failure("Logs is no list of strings");
            }

            logs.AddRange(lines.Select(line => line!.GetValue<string>()));
        }

        return reply["Outputs"] switch
        {
            null => new HandlerReply.Success(new Dictionary<string, JsonNode?>(), logs, reply["ReturnValue"]),
            JsonObject outputs => new HandlerReply.Success(new Dictionary<string, JsonNode?>(outputs, StringComparer.OrdinalIgnoreCase), logs, reply["ReturnValue"]),
            _ => new HandlerReply.Failure("Outputs is no JSON object"),
        };
    }
}
