using Microsoft.Extensions.Options;

namespace Rekey.AspNetCore;

/// <summary>Checks the settings at start. Lists every mistake.</summary>
internal sealed class GatewayOptionsRules : IValidateOptions<GatewayOptions>
{
    private const int MaxRemembered = 10_000_000;

    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var mistakes = Mistakes(options).Concat(options.AccessLog.Validate()).ToList();
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static IEnumerable<string> Mistakes(GatewayOptions options)
    {
        foreach (var mistake in options.PullMistakes())
        {
            yield return mistake;
        }

        if (options.RememberedTokens is < 0 or > MaxRemembered)
        {
            yield return $"RememberedTokens must be 0 to {MaxRemembered}.";
        }
    }
}
