using Microsoft.Extensions.Options;
using Rekey.Core;
using Rekey.Trust.Jose;

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
        if (options.Address is null)
        {
            yield return "Address must be the address of the Rekey app, such as https://rekey.example.";
        }

        foreach (var (name, address) in new[] { (nameof(options.Address), options.Address), (nameof(options.Mirror), options.Mirror) })
        {
            if (address is not null && !IsSafe(address))
            {
                yield return $"{name} must be an absolute https address: {address}. Only a loopback address may be http.";
            }
        }

        if (options.Environment.Length == 0)
        {
            yield return "Environment must name the environment whose lists count, as Rekey's setting Environment does.";
        }

        if (KeyMistake(options) is { } mistake)
        {
            yield return mistake;
        }

        if (options.Folder.Length == 0)
        {
            yield return "Folder must be a folder that survives restarts: without the last lists a restart while Rekey is away refuses "
                + "every token, and an attacker can offer old lists.";
        }

        if (options.Name.Length is 0 or > 256)
        {
            yield return "Name must have 1 to 256 characters: sweeps name the gateway by it.";
        }

        if (options.PullEvery < TimeSpan.FromMilliseconds(100) || options.PullEvery > TimeSpan.FromHours(1))
        {
            yield return $"PullEvery ({options.PullEvery}) must be 100 ms to an hour.";
        }

        if (options.PullTimeout <= TimeSpan.Zero || options.PullTimeout > TimeSpan.FromMinutes(5))
        {
            yield return $"PullTimeout ({options.PullTimeout}) must be longer than zero, and five minutes at most.";
        }

        if (options.ReportStaleAfter < options.PullEvery + options.PullTimeout)
        {
            yield return $"ReportStaleAfter ({options.ReportStaleAfter}) must be at least PullEvery + PullTimeout "
                + $"({options.PullEvery + options.PullTimeout}): one slow pull would be reported.";
        }

        if (options.RememberedTokens is < 0 or > MaxRemembered)
        {
            yield return $"RememberedTokens must be 0 to {MaxRemembered}.";
        }
    }

    private static bool IsSafe(Uri address) =>
        address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));

    private static string? KeyMistake(GatewayOptions options)
    {
        try
        {
            var (key, algorithm) = options.PinnedKey();
            return JwsAlgorithms.Fits(algorithm, key) ? null : $"DocumentKey: {algorithm} does not go with a key of type {key.KeyType}.";
        }
        catch (CannotContinueException e)
        {
            return $"DocumentKey must be the public key of Rekey's documents. {e.Message}";
        }
    }
}
