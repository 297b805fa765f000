// Facebook ends its callbacks with #_=_, and browsers carry a fragment along a redirect.
if (location.hash === "#_=_") history.replaceState(null, "", location.pathname + location.search);
