using System.Collections.Concurrent;
using System.Reflection;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Security;

/// <summary>
/// The access rules and query parameters of functions, read from the method that the host started: its <see cref="AuthorizeAttribute"/>
/// with roles, or <see cref="AllowAnonymousAttribute"/>, and its <see cref="QueryAttribute"/>s. Paths play no part.
/// </summary>
/// <param name="functions">The assembly of the functions.</param>
public sealed class FunctionAccess(Assembly functions)
{
    private readonly ConcurrentDictionary<string, AuthorizationPolicy?> _policies = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> _parameters = new(StringComparer.Ordinal);

    /// <summary>Gives the policy of a function whose callers need a role; null when it is anonymous.</summary>
    /// <exception cref="BadInputException">The method does not say who may call it, so no caller may.</exception>
    public AuthorizationPolicy? PolicyOf(FunctionDefinition function) =>
        _policies.GetOrAdd(function.EntryPoint, entry => Policy(Find(entry)));

    /// <summary>Refuses query parameters that a function with parameters does not read: a misspelled filter would filter nothing.</summary>
    /// <exception cref="BadInputException">It reads others.</exception>
    public void CheckParameters(FunctionDefinition function, HttpRequest request)
    {
        var known = _parameters.GetOrAdd(function.EntryPoint, entry =>
            Find(entry) is { } method ? [.. QueryAttribute.Of(method).Select(q => q.Name).Order(StringComparer.Ordinal)] : []
        );
        if (known.Count > 0 && request.Query.Keys.FirstOrDefault(k => !known.Contains(k, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw new BadInputException(
                "unknown-parameter",
                $"'{(unknown.Length <= 64 ? unknown : unknown[..64])}' is not a parameter here. It takes {string.Join(", ", known)}."
            );
        }
    }

    /// <summary>Reads the access rule of a method.</summary>
    /// <exception cref="BadInputException">The method does not say who may call it.</exception>
    public static AuthorizationPolicy? Policy(MethodInfo? method)
    {
        var anybody = method?.GetCustomAttribute<AllowAnonymousAttribute>() is not null;
        return (anybody, method?.GetCustomAttribute<AuthorizeAttribute>()) switch
        {
            (true, null) => null,
            (false, { Policy: null, AuthenticationSchemes: null, Roles: { } roles }) when Names(roles) is { Length: > 0 } names =>
                new AuthorizationPolicyBuilder(Authentication.Scheme).RequireAuthenticatedUser().RequireRole(names).Build(),
            _ => throw new BadInputException("not-allowed", "The function does not say who may call it.", StatusCodes.Status403Forbidden),
        };
    }

    private static string[] Names(string roles) => roles.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <param name="entryPoint">Full name of the type, a dot, name of the method.</param>
    private MethodInfo? Find(string entryPoint)
    {
        var dot = entryPoint.LastIndexOf('.');
        return dot < 0 ? null : functions.GetType(entryPoint[..dot])?.GetMethod(entryPoint[(dot + 1)..]);
    }
}
