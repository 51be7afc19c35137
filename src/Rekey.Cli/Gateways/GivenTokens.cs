using System.Text.Json;
using Rekey.Core;

namespace Rekey.Cli.Gateways;

/// <summary>Tokens of a file: honest ones, and ones that must be refused.</summary>
internal sealed record GivenTokens(IReadOnlyList<GatewayCase> Honest, IReadOnlyList<GatewayCase> Refused)
{
    private const int MaxLines = 1_000;
    private const int MaxLine = 64 * 1024;

    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>Reads a file with a JSON object a line: <c>name</c>, <c>token</c>, and <c>accept</c> for honest ones.</summary>
    /// <exception cref="CannotContinueException">It cannot be read, or has no honest token.</exception>
    public static async Task<GivenTokens> ReadAsync(string file, CancellationToken cancellationToken)
    {
        var (honest, refused, number) = (new List<GatewayCase>(), new List<GatewayCase>(), 0);
        await foreach (var line in File.ReadLinesAsync(file, cancellationToken))
        {
            number++;
            if (line.Length > MaxLine || number > MaxLines)
            {
                throw Wrong(file, $"it has more than {MaxLines} lines, or one of more than {MaxLine} characters");
            }

            if (line.Trim().Length > 0)
            {
                var given = Read(line) ?? throw Wrong(file, $"line {number} is no token with a name");
                (given.Accept ? honest : refused).Add(
                    new(given.Name, given.Accept ? "a given token is let in" : "a given token", given.Token)
                );
            }
        }

        return honest.Count == 0 ? throw Wrong(file, "it has no honest token") : new(honest, refused);
    }

    private static GivenToken? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<GivenToken>(line, Strict);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static CannotContinueException Wrong(string file, string why) =>
        new(
            "tokens-wrong",
            $"The tokens of '{file}' cannot be used: {why}.",
            """Write a line for each: {"name":"mine","token":"eyJ…","accept":true}, and accept false for what must be refused."""
        );

    private sealed record GivenToken(string Name, string Token, bool Accept = false);
}
