using Microsoft.Extensions.Options;
using Rekey.Trust;
using Rekey.Trust.Jose;

namespace Rekey.AspNetCore.Issuer;

/// <summary>Checks the settings at start. Lists every mistake.</summary>
internal sealed class IssuerOptionsRules : IValidateOptions<IssuerOptions>
{
    private const int MaxMaxWaiting = 100_000;

    public ValidateOptionsResult Validate(string? name, IssuerOptions options)
    {
        var mistakes = options.PullMistakes().Concat(Mistakes(options)).Concat(options.Journal.Mistakes()).ToList();
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static IEnumerable<string> Mistakes(IssuerOptions options)
    {
        if (options.Issuer.Length is 0 or > TokenJudge.MaxNameLength)
        {
            yield return "Issuer must be the exact iss of the tokens, as Rekey's setting Issuers names it.";
        }

        if (!JwsAlgorithms.IsKnown(options.Algorithm))
        {
            yield return $"Algorithm ({options.Algorithm}) must be an asymmetric JWS algorithm, such as ES256 or PS256.";
        }

        if (options.SignTimeout <= TimeSpan.Zero || options.SignTimeout > TimeSpan.FromMinutes(1))
        {
            yield return $"SignTimeout ({options.SignTimeout}) must be longer than zero, and a minute at most.";
        }

        if (options.MaxWaiting is < 1 or > MaxMaxWaiting)
        {
            yield return $"MaxWaiting ({options.MaxWaiting}) must be 1 to {MaxMaxWaiting}.";
        }
    }
}
