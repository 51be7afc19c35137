using System.Collections.Concurrent;
using System.Reflection;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Security;

/// <summary>
/// Who may call a function, read from the method that the host started: its <see cref="AuthorizeAttribute"/> with roles, or
/// <see cref="AllowAnonymousAttribute"/>. A path is never looked at.
/// </summary>
/// <param name="functions">Where the functions are.</param>
public sealed class FunctionAccess(Assembly functions)
{
    private readonly ConcurrentDictionary<string, AuthorizationPolicy?> _policies = new(StringComparer.Ordinal);

    /// <summary>The policy of a function whose callers must have a role; null when every caller may.</summary>
    /// <exception cref="BadInputException">The function does not say who may call it: no caller may.</exception>
    public AuthorizationPolicy? PolicyOf(FunctionDefinition function) =>
        _policies.GetOrAdd(function.EntryPoint, entry => Policy(Find(entry)));

    /// <summary>What the method says.</summary>
    /// <exception cref="BadInputException">It does not say who may call it.</exception>
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
