using System.Collections.Concurrent;
using System.Reflection;
using Rekey.Functions.Wire;

namespace Rekey.Functions.Security;

/// <summary>
/// Who may call a function, read from the method that the host started: its <see cref="AuthorizeAttribute"/> with roles, or
/// <see cref="AllowAnonymousAttribute"/>. A path is never looked at.
/// </summary>
public sealed class FunctionAccess
{
    private readonly ConcurrentDictionary<string, AuthorizationPolicy?> _policies = new(StringComparer.Ordinal);

    /// <summary>The policy of a function whose callers must have a role; null when anybody may call it.</summary>
    /// <exception cref="BadInputException">The function does not say who may call it: then nobody may.</exception>
    public AuthorizationPolicy? PolicyOf(FunctionDefinition function) =>
        _policies.GetOrAdd(function.EntryPoint, static entry => Policy(Find(entry)));

    /// <summary>What the method says.</summary>
    /// <exception cref="BadInputException">It does not say who may call it.</exception>
    public static AuthorizationPolicy? Policy(MethodInfo? method)
    {
        var anybody = method?.GetCustomAttribute<AllowAnonymousAttribute>() is not null;
        var roles = method?.GetCustomAttribute<AuthorizeAttribute>()?.Roles?.Split(
            ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return (anybody, roles) switch
        {
            (true, null) => null,
            (false, { Length: > 0 }) => new AuthorizationPolicyBuilder(Authentication.Scheme).RequireAuthenticatedUser().RequireRole(roles)
                .Build(),
            _ => throw new BadInputException("not-allowed", "The function does not say who may call it.", StatusCodes.Status403Forbidden),
        };
    }

    /// <param name="entryPoint">Full name of the type, a dot, name of the method.</param>
    private static MethodInfo? Find(string entryPoint)
    {
        var dot = entryPoint.LastIndexOf('.');
        return dot < 0 ? null : typeof(FunctionAccess).Assembly.GetType(entryPoint[..dot])?.GetMethod(entryPoint[(dot + 1)..]);
    }
}
